import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aptRepositoryTarget, earlyBootScript, earlyBootUnit, labLibrary } from '../base-tree/early-boot.ts';

/** The path at which hosts see the release of the product. */
export const releaseTarget = '/usr/local/lib/vhive';

/** A file that every host gets. */
interface HostFile {
  path: string;
  text: string;
  mode?: number;
}

/** The files that are written into every host's tree over what the packages brought. */
const hostFiles: readonly HostFile[] = [
  { path: `${labLibrary}/early-boot`, text: earlyBootScript, mode: 0o755 },
  { path: '/etc/systemd/system/vhive-lab-early-boot.service', text: earlyBootUnit },
  { path: '/etc/apt/sources.list', text: `deb [trusted=yes] file:${aptRepositoryTarget} ./\n` },
  { path: '/etc/apt/apt.conf.d/90lab', text: 'Acquire::Languages "none";\n' },
  {
    // A lab host may lose its disk at a power cut, so it need not wait for the disk at each file of a package either.
    path: '/etc/dpkg/dpkg.cfg.d/lab',
    text: 'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n',
  },
  {
    // The kernel's messages are those of the machine and not of the host. The journal is kept so that it can be read
    // after a reboot.
    path: '/etc/systemd/journald.conf.d/lab.conf',
    text: '[Journal]\nReadKMsg=no\nStorage=persistent\nSystemMaxUse=64M\n',
  },
  {
    // The clock belongs to the machine. chronyd may read it (-x), but hosts lack the capability to set it.
    path: '/etc/systemd/system/chrony.service.d/lab.conf',
    text: '[Unit]\nConditionCapability=\n\n[Service]\nExecStart=\nExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS\n',
  },
];

/** The symbolic links that every host gets, from their path to their target. */
const hostLinks: Readonly<Record<string, string>> = {
  '/etc/systemd/system/sysinit.target.wants/vhive-lab-early-boot.service': '../vhive-lab-early-boot.service',
  '/usr/local/bin/vhive-agent': `${releaseTarget}/bin/vhive-agent`,
  '/usr/local/bin/vhive-coord': `${releaseTarget}/bin/vhive-coord`,
};

/**
 * The units that are masked, because they would touch the machine's kernel, want a console, or do something at a random
 * time for which a test has to wait.
 */
const maskedUnits = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer'],
  ...['console-getty.service', 'getty@.service', 'systemd-firstboot.service', 'systemd-update-utmp.service'],
  ...['proc-sys-fs-binfmt_misc.automount', 'systemd-binfmt.service', 'sys-kernel-config.mount'],
  ...['sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-fs-fuse-connections.mount'],
] as const;

/** Writes the files, links and masks above into a tree. */
export async function writeHostFiles(tree: string): Promise<void> {
  for (const file of hostFiles) {
    await mkdir(dirname(join(tree, file.path)), { recursive: true });
    await writeFile(join(tree, file.path), file.text, { mode: file.mode ?? 0o644 });
  }
  const masks = maskedUnits.map((unit) => [`/etc/systemd/system/${unit}`, '/dev/null'] as const);
  for (const [path, target] of [...masks, ...Object.entries(hostLinks)]) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await rm(join(tree, path), { force: true });
    await symlink(target, join(tree, path));
  }
}
