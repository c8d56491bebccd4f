import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { MirroredImage } from '@vhive/base/image-index';
import { formatImageReference, type ImageReference, readImageReference } from '@vhive/shared';
import type { ArtifactSources } from '../artifact-fetch.ts';
import { fetchImage } from '../images/image-fetch.ts';
import { findInMirror } from '../images/mirrored-archive.ts';
import { readImageIndex } from '../images/read-image-index.ts';
import type { Mirror } from '../sources/mirror-tree.ts';
import { indexOf, type Manifest, manifestOf, publishedWhole } from './archived-image.ts';
import { Archives, type KnownArchive } from './archives.ts';
import { digestOfBytes } from './digest.ts';
import { MEDIA } from './media-types.ts';

/** A part of an image: bytes, or a part of a file, which is opened when it is to be sent. */
export type Blob = { size: number; mediaType: string } & (
  | { bytes: Buffer }
  | { offset: number; open(): Promise<FileHandle> }
);

/** A repository of a registry: `docker.io` and `library/nginx`. */
export type Repository = Pick<ImageReference, 'registry' | 'repository'>;

/** A repository of a registry that may not be known. */
export type NamedRepository = Partial<Repository> & Pick<Repository, 'repository'>;

/** What the images of a mirror tree are taken from, and where is remembered what was found out about them. */
export interface ImageRegistryOptions {
  /** Where archives come from now. They may change from run to run. */
  sources(): Promise<ArtifactSources> | ArtifactSources;
  /** The directory in which is remembered what is in which archive. */
  directory: string;
  /** Ends downloads that were begun for a caller. */
  signal: AbortSignal;
  log(text: string): void;
}

/** The architectures that nodes can have, as images name them. */
const ARCHITECTURES = ['amd64', 'arm64'];
/** The index of a mirror tree is read again when it is older than this, in milliseconds. */
const INDEX_AGE_MS = 2_000;

/** An archive for one architecture, whose content is known. */
interface Found extends KnownArchive {
  sha256: string;
  manifest: Manifest;
}

/**
 * Answers as a registry what a mirror tree has as archives of images. Layers are sent out of the archives as they lie
 * there. An archive that is not on this machine is fetched once, however many ask for it, and is then in the store. An
 * archive is held against the index of the tree and against `vhive.lock` before anything of it is sent.
 *
 * An archive of `mirror pull` has the manifests of the image's registry, which are sent as they are: such an image is
 * answered by its publisher's digest too. A docker archive has no longer the manifest that has this digest; the one that
 * is made for it has another.
 */
export class ImageRegistry {
  readonly #options: ImageRegistryOptions;
  readonly #archives: Archives;
  readonly #fetching = new Map<string, Promise<Found | undefined>>();
  readonly #locked = new Set<string>();
  /** The images that were found so far. A mirror tree without an index does not say what it has. */
  readonly #foundRefs = new Set<string>();
  #index: { of: string; at: number; images: Promise<MirroredImage[]> } | undefined;

  constructor(options: ImageRegistryOptions) {
    this.#options = options;
    this.#archives = new Archives(options.directory);
  }

  /**
   * Returns what a tag stands for, or the manifest with a digest. For one architecture that is its manifest, for several
   * an index of them. The result is undefined when the mirror tree does not have it. Throws what fetching throws.
   */
  async manifest(name: Repository, reference: { tag: string } | { digest: string }): Promise<Manifest | undefined> {
    if ('tag' in reference) return wholeOf(await this.#named({ ...name, tag: reference.tag }));
    for await (const found of this.#inRepository(name, reference.digest)) {
      const all = [wholeOf(found), ...found.flatMap(({ image, manifest }) => [publishedWhole(image), manifest])];
      const wanted = all.find((one) => one?.digest === reference.digest);
      if (wanted) return wanted;
    }
    return undefined;
  }

  /**
   * Returns a part of an image of this repository; undefined when no image there has it. Where the registry is not known,
   * all are looked through that have a repository of this name. Throws what fetching throws.
   */
  async blob(name: NamedRepository, digest: string): Promise<Blob | undefined> {
    for await (const all of this.#inRepository(name))
      for (const { path, sha256, image } of all) {
        const layer = image.layers.find((one) => one.digest === digest);
        if (layer) return { ...layer, open: () => this.#archives.open(path, sha256) };
        const config = Buffer.from(image.config);
        if (digestOfBytes(config) === digest) return { mediaType: MEDIA.config, size: config.length, bytes: config };
      }
    return undefined;
  }

  /**
   * Goes through the images of a repository that the index of the tree lists, or that were found before. Those come first
   * that a digest most likely is of.
   */
  async *#inRepository({ registry, repository }: NamedRepository, digest?: string): AsyncGenerator<Found[]> {
    const sources = await this.#options.sources();
    if (!sources.mirror) return;
    const index = await this.#indexOf(sources.mirror);
    const likely = [
      ...(digest === undefined || registry === undefined
        ? []
        : [formatImageReference({ registry, repository, digest })]),
      ...index.filter((image) => image.digest === digest).map(({ ref }) => ref),
    ];
    for (const ref of new Set([...likely, ...index.map((image) => image.ref), ...this.#foundRefs])) {
      const named = readImageReference(ref);
      if (named?.repository === repository && named.registry === (registry ?? named.registry))
        yield await this.#named(named);
    }
  }

  /** Returns the archives of an image, one for each architecture that there is one for. */
  async #named(reference: ImageReference): Promise<Found[]> {
    const sources = await this.#options.sources();
    const ref = formatImageReference(reference);
    const all = await Promise.all(ARCHITECTURES.map((arch) => this.#once({ ref, arch }, sources)));
    const found = all.filter((one) => one !== undefined);
    if (found.length > 0) this.#foundRefs.add(ref);
    return found;
  }

  async #once(image: { ref: string; arch: string }, sources: ArtifactSources): Promise<Found | undefined> {
    const key = JSON.stringify([image, sources.mirror]);
    const fetching = this.#fetching.get(key) ?? this.#find(image, sources).finally(() => this.#fetching.delete(key));
    this.#fetching.set(key, fetching);
    return await fetching;
  }

  async #find({ ref, arch }: { ref: string; arch: string }, sources: ArtifactSources): Promise<Found | undefined> {
    const { mirror } = sources;
    if (!mirror) return undefined;
    const index = await this.#indexOf(mirror);
    const entry = index.find((image) => image.ref === ref && image.arch === arch);
    if (entry === undefined && index.length > 0) return undefined;
    const inPlace = entry && mirror.type === 'directory' ? join(mirror.root, entry.path) : undefined;
    if (!entry || inPlace === undefined) return await this.#fetched({ ref, arch }, sources);
    const known = await this.#archives.know(inPlace, entry.sha256);
    await this.#lock(entry, sources);
    return { ...known, sha256: entry.sha256, manifest: manifestOf(known.image) };
  }

  /** Brings an archive into the store, from which it is then sent. */
  async #fetched(image: { ref: string; arch: string }, sources: ArtifactSources): Promise<Found | undefined> {
    const { signal, log } = this.#options;
    if ((await findInMirror(image, sources, signal)) === undefined) return undefined;
    const context = { signal, log, progress: () => undefined };
    const { artifact } = await fetchImage({ ...image, optional: true, insecure: false }, sources, context);
    const stored = artifact && (await sources.store.find(artifact.sha256));
    if (!stored) return undefined;
    const known = await this.#archives.know(stored.path, stored.sha256);
    return { ...known, sha256: stored.sha256, manifest: manifestOf(known.image) };
  }

  /** Holds an image against what `vhive.lock` has of it, and enters it there. */
  async #lock({ ref, arch, sha256, bytes, digest }: MirroredImage, { lockFile }: ArtifactSources): Promise<void> {
    const key = `${ref} ${arch} ${sha256}`;
    if (this.#locked.has(key)) return;
    const locked = await lockFile.findImage(ref, arch);
    if (locked) lockFile.verifyImage(locked, { digest, sha256 });
    await lockFile.recordImage({ ref, arch, sha256, bytes, digest: digest ?? locked?.digest ?? null });
    this.#locked.add(key);
  }

  async #indexOf(mirror: Mirror): Promise<MirroredImage[]> {
    const of = JSON.stringify(mirror);
    const known = this.#index;
    if (known?.of === of && performance.now() - known.at < INDEX_AGE_MS) return await known.images;
    const images = readImageIndex(mirror, this.#options.signal);
    this.#index = { of, at: performance.now(), images };
    return await images;
  }
}

/**
 * Returns what a name stands for: what the image's registry has under it, where all archives say the same; else the
 * manifest of its one image, or an index of several.
 */
function wholeOf(found: readonly Found[]): Manifest | undefined {
  const [first, ...others] = found.map(({ image }) => publishedWhole(image));
  if (first !== undefined && others.every((other) => other?.digest === first.digest)) return first;
  if (found.length <= 1) return found[0]?.manifest;
  return indexOf(found.map(({ image: { architecture }, manifest }) => ({ architecture, manifest })));
}
