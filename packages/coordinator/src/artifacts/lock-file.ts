import { basename, dirname, join } from 'node:path';
import { messageOf, sha256, VhiveError } from '@vhive/shared';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { readFileIfPresent, writeFileAtomic } from '../files/atomic-file.ts';
import { withFileLock } from '../files/file-lock.ts';
import { branchIn } from './moving-address.ts';

/** What was downloaded and verified once, and must stay the same. */
export const lockedArtifact = z.object({
  name: z.string(),
  version: z.string(),
  arch: z.string(),
  url: z.string(),
  sha256,
  bytes: z.number().int().nonnegative(),
});
/** See {@link lockedArtifact}. */
export type LockedArtifact = z.infer<typeof lockedArtifact>;

const content = z.object({ version: z.literal(1), artifacts: z.array(lockedArtifact) });

const HEADER = `# What was downloaded from outside, by content. Written at the first verified download; later ones must match.
# Keep it with the cluster file: it makes a cluster repeatable.
`;

/** The lock file, `vhive.lock`: sorted YAML, one block per artifact. Several processes may use it at once. */
export class LockFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** What is locked for a URL. Throws VhiveError `usage` when the file is not a lock file. */
  async find(url: string): Promise<LockedArtifact | undefined> {
    return (await this.#read()).find((artifact) => artifact.url === url);
  }

  /** Locks an artifact; throws VhiveError `refused` when another content is locked for its URL. */
  async record(artifact: LockedArtifact): Promise<void> {
    const guard = join(dirname(this.path), `.${basename(this.path)}.guard`);
    await withFileLock(guard, async () => {
      const artifacts = await this.#read();
      const existing = artifacts.find(({ url }) => url === artifact.url);
      if (existing) {
        this.verify(existing, artifact.sha256);
        return;
      }
      const sorted = [...artifacts, artifact].sort((a, b) => order(a).localeCompare(order(b), 'en'));
      await writeFileAtomic(this.path, HEADER + stringify({ version: 1, artifacts: sorted }, { lineWidth: 0 }), 0o644);
    });
  }

  /** Throws VhiveError `refused` when the content found is not the locked one. */
  verify(locked: LockedArtifact, found: string): void {
    if (locked.sha256 === found) return;
    throw new VhiveError({
      code: 'refused',
      message: `${locked.name} ${locked.version} (${locked.url}) is not what it was: ${basename(this.path)} has sha256 ${locked.sha256}, now it is ${found}`,
      hint: whyChanged(locked, this.path),
    });
  }

  async #read(): Promise<LockedArtifact[]> {
    const text = await readFileIfPresent(this.path);
    if (text === undefined || text.trim() === '') return [];
    try {
      return content.parse(parse(text)).artifacts;
    } catch (cause) {
      throw new VhiveError({
        code: 'usage',
        message: `${this.path} is not a lock file of this version: ${cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)}`,
        hint: 'restore it from version control, or remove it to lock anew what is downloaded next',
        cause,
      });
    }
  }
}

/** A branch moves by design; anything else that changes under its address is a reason to be careful. */
function whyChanged({ url }: LockedArtifact, path: string): string {
  const branch = branchIn(url);
  if (branch !== undefined)
    return `the branch ${branch} has moved since it was locked: set firecracker.vhiveRef in the cluster file to a commit, which never moves; or, to take what the branch has now, remove the blocks of ${path} whose url holds /${branch} (all of them, so that they fit together) and run the same command again`;
  return `somebody replaced the file, which is a reason to stop and ask its publisher; if it is right, remove its block from ${path} and run the same command again`;
}

const order = ({ name, version, arch, url }: LockedArtifact) => [name, version, arch, url].join('\n');
