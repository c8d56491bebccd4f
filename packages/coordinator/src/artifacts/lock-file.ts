import { basename, dirname, join } from 'node:path';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { withFileLock } from '@vhive/base/files/file-lock';
import { messageOf, sha256, VhiveError } from '@vhive/shared';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { branchIn } from './verify/moving-address.ts';

/** An artifact that was downloaded and verified once, and must stay the same. */
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

/** A container image that was copied and verified once, as an archive. */
export const lockedImage = z.object({
  /** The full reference. */
  ref: z.string(),
  arch: z.string(),
  /**
   * The digest by which its image registry knows it: that of the manifest, or that of the list of manifests. It is null
   * when a mirror tree did not say it.
   */
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .nullable(),
  /** The digest of the archive. */
  sha256,
  bytes: z.number().int().nonnegative(),
});
/** See {@link lockedImage}. */
export type LockedImage = z.infer<typeof lockedImage>;

const content = z.object({
  version: z.literal(1),
  artifacts: z.array(lockedArtifact),
  images: z.array(lockedImage).default([]),
});
type Content = z.output<typeof content>;

const HEADER = `# What was downloaded from outside, by content. Written at the first verified download; later ones must match.
# Keep it with the cluster file: it makes a cluster repeatable.
`;

/** Whether two are the same image: by digest where both digests are known, and otherwise by archive. */
export function isSameImage(
  a: Pick<LockedImage, 'digest' | 'sha256'>,
  b: Pick<LockedImage, 'digest' | 'sha256'>,
): boolean {
  return a.digest !== null && b.digest !== null ? a.digest === b.digest : a.sha256 === b.sha256;
}

/** The lock file, `vhive.lock`: sorted YAML, one block per artifact. Several processes may use it at once. */
export class LockFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Returns what is locked for a URL. Throws VhiveError `usage` when the file is not a lock file. */
  async find(url: string): Promise<LockedArtifact | undefined> {
    return (await this.#read()).artifacts.find((artifact) => artifact.url === url);
  }

  /** Locks an artifact. Throws VhiveError `refused` when another content is locked for its URL. */
  async record(artifact: LockedArtifact): Promise<void> {
    await this.#change((before) => {
      const existing = before.artifacts.find(({ url }) => url === artifact.url);
      if (existing) this.verify(existing, artifact.sha256);
      if (existing) return undefined;
      const artifacts = [...before.artifacts, artifact].sort((a, b) => order(a).localeCompare(order(b), 'en'));
      return { ...before, artifacts };
    });
  }

  /** Removes the lock of a URL. */
  async forget(url: string): Promise<void> {
    await this.#change((before) => ({ ...before, artifacts: before.artifacts.filter((one) => one.url !== url) }));
  }

  /** Returns what is locked for an image. Throws as {@link find} does. */
  async findImage(ref: string, arch: string): Promise<LockedImage | undefined> {
    return (await this.#read()).images.find((image) => image.ref === ref && image.arch === arch);
  }

  /**
   * Locks an image. Throws VhiveError `refused` when it is another one than the locked one. An image with the same
   * digest may have another archive, because other versions of skopeo write it differently.
   */
  async recordImage(image: LockedImage): Promise<void> {
    await this.#change((before) => {
      const same = ({ ref, arch }: LockedImage) => ref === image.ref && arch === image.arch;
      const existing = before.images.find(same);
      if (existing) this.verifyImage(existing, image);
      if (existing && existing.sha256 === image.sha256 && (image.digest ?? existing.digest) === existing.digest)
        return undefined;
      const others = before.images.filter((one) => !same(one));
      const key = ({ ref, arch }: LockedImage) => `${ref}\n${arch}`;
      return { ...before, images: [...others, image].sort((a, b) => key(a).localeCompare(key(b), 'en')) };
    });
  }

  /** Throws VhiveError `refused` when an image is not the locked one. */
  verifyImage(locked: LockedImage, found: Pick<LockedImage, 'digest' | 'sha256'>): void {
    if (isSameImage(locked, found)) return;
    const byDigest = locked.digest !== null && found.digest !== null;
    const [was, is] = byDigest ? [locked.digest, found.digest] : [`sha256 ${locked.sha256}`, `sha256 ${found.sha256}`];
    throw new VhiveError({
      code: 'refused',
      message: `the image ${locked.ref} (${locked.arch}) is not what it was: ${basename(this.path)} has ${was}, now it is ${is}`,
      hint: `its tag has moved; to take what it stands for now, remove its block from ${this.path} and run the same command again; to stay with the old one, name it by its digest instead of the tag`,
    });
  }

  async #change(change: (before: Content) => Content | undefined): Promise<void> {
    const guard = join(dirname(this.path), `.${basename(this.path)}.guard`);
    await withFileLock(guard, async () => {
      const after = change(await this.#read());
      if (after === undefined) return;
      const { artifacts, images } = after;
      const text = stringify({ version: 1, artifacts, ...(images.length === 0 ? {} : { images }) }, { lineWidth: 0 });
      await writeFileAtomic(this.path, HEADER + text, { mode: 0o644 });
    });
  }

  /** Throws VhiveError `refused` when the content that was found is not the locked one. */
  verify(locked: LockedArtifact, found: string): void {
    if (locked.sha256 === found) return;
    throw new VhiveError({
      code: 'refused',
      message: `${locked.name} ${locked.version} (${locked.url}) is not what it was: ${basename(this.path)} has sha256 ${locked.sha256}, now it is ${found}`,
      hint: whyChanged(locked, this.path),
    });
  }

  async #read(): Promise<Content> {
    const text = await readFileIfPresent(this.path);
    if (text === undefined || text.trim() === '') return { version: 1, artifacts: [], images: [] };
    try {
      return content.parse(parse(text));
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

/**
 * Explains why a content may have changed. A branch moves by design. When anything else changes under its address, that
 * is a reason to be careful.
 */
function whyChanged({ url }: LockedArtifact, path: string): string {
  const branch = branchIn(url);
  if (branch !== undefined)
    return `the branch ${branch} has moved since it was locked: set firecracker.vhiveRef in the cluster file to a commit, which never moves; or, to take what the branch has now, remove the blocks of ${path} whose url holds /${branch} (all of them, so that they fit together) and run the same command again`;
  return `somebody replaced the file, which is a reason to stop and ask its publisher; if it is right, remove its block from ${path} and run the same command again`;
}

const order = ({ name, version, arch, url }: LockedArtifact) => [name, version, arch, url].join('\n');
