import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aptRepositoryTarget } from '../base-tree/early-boot.ts';

/** The path at which hosts see the release of the product. */
export const releaseTarget = '/usr/local/lib/vhive';

/** What is written into the tree of a host over what the packages brought. */
export interface HostFiles {
  files: readonly { path: string; text: string; mode?: number }[];
  /** Symbolic links, from their path to their target. */
  links: Readonly<Record<string, string>>;
  /** Units that are masked. */
  maskedUnits: readonly string[];
}

/** What all hosts get, of whatever kind. */
const commonFiles: HostFiles = {
  files: [
    { path: '/etc/apt/sources.list', text: `deb [trusted=yes] file:${aptRepositoryTarget} ./\n` },
    { path: '/etc/apt/apt.conf.d/90lab', text: 'Acquire::Languages "none";\n' },
    {
      // A lab host may lose its disk at a power cut, so it need not wait for the disk at each file of a package either.
      path: '/etc/dpkg/dpkg.cfg.d/lab',
      text: 'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n',
    },
  ],
  links: {
    '/usr/local/bin/vhive-agent': `${releaseTarget}/bin/vhive-agent`,
    '/usr/local/bin/vhive-coord': `${releaseTarget}/bin/vhive-coord`,
  },
  // They want a console, or do something at a random time for which a test has to wait.
  maskedUnits: [
    ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer'],
    ...['console-getty.service', 'getty@.service', 'systemd-firstboot.service'],
  ],
};

/** Writes what all hosts get and what the hosts of a kind get into a tree. */
export async function writeHostFiles(tree: string, ofKind: HostFiles): Promise<void> {
  const both = [commonFiles, ofKind];
  for (const file of both.flatMap(({ files }) => files)) {
    await mkdir(dirname(join(tree, file.path)), { recursive: true });
    await writeFile(join(tree, file.path), file.text, { mode: file.mode ?? 0o644 });
  }
  const masks = both.flatMap(({ maskedUnits }) => maskedUnits).map((unit) => maskOf(unit));
  for (const [path, target] of [...masks, ...both.flatMap(({ links }) => Object.entries(links))]) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await rm(join(tree, path), { force: true });
    await symlink(target, join(tree, path));
  }
}

function maskOf(unit: string): [string, string] {
  return [`/etc/systemd/system/${unit}`, '/dev/null'];
}
