import { VhiveError } from './errors.ts';

/** The reference of a container image, in which what a short one leaves out has been filled in. */
export interface ImageReference {
  /** The host, with its port where it has one: `docker.io`, `10.0.0.1:5000`. */
  registry: string;
  /** The path in the registry: `library/nginx`. */
  repository: string;
  /** The tag, which is absent where a digest says which image is meant. */
  tag?: string;
  /** The digest, as `sha256:<hex>`. */
  digest?: string;
}

/** The grammar is that of https://github.com/distribution/reference (regexp.go), with digests of SHA-256 alone. */
const host = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[0-9]{1,5})?`;
const component = `[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`;
const hostOnly = new RegExp(`^${host}$`);
const pathOnly = new RegExp(`^${component}(?:/${component})*$`);
const suffix = /^(?<name>[^@]+?)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;
/** The greatest length of registry and repository together, in characters. */
const LONGEST_NAME = 255;

/**
 * Reads a reference as Docker and Kubernetes do: `nginx` is `docker.io/library/nginx:latest`. Where it has a tag and a
 * digest, the digest counts and the tag is dropped. Returns undefined when the text is not a reference.
 */
export function readImageReference(text: string): ImageReference | undefined {
  const { name = '', tag, digest } = suffix.exec(text)?.groups ?? {};
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  // A first part without a dot, a port or capitals is a folder of Docker Hub.
  const named = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const registry = !named || first === 'index.docker.io' ? 'docker.io' : first;
  const path = named ? name.slice(slash + 1) : name;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (!hostOnly.test(registry) || !pathOnly.test(repository)) return undefined;
  if (registry.length + repository.length >= LONGEST_NAME) return undefined;
  return { registry, repository, ...(digest === undefined ? { tag: tag ?? 'latest' } : { digest }) };
}

/** Reads a reference as {@link readImageReference} does, and throws a VhiveError `usage` when the text is not one. */
export function parseImageReference(text: string): ImageReference {
  const parsed = readImageReference(text);
  if (parsed !== undefined) return parsed;
  throw new VhiveError({
    code: 'usage',
    message: `"${text}" is not a reference of a container image`,
    hint: 'write it as registry/repository:tag or registry/repository@sha256:<digest>; nginx stands for docker.io/library/nginx:latest',
  });
}

/**
 * Writes a reference in full, as containerd names the image: `docker.io/library/nginx:latest`,
 * `<repository>@sha256:<hex>`.
 */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}

/** Writes a reference in full, whatever it left out. Throws a VhiveError `usage` when the text is not a reference. */
export function fullImageReference(text: string): string {
  return formatImageReference(parseImageReference(text));
}

/**
 * Returns the name that an image has in an archive, which knows tags only: the reference itself, or
 * `<repository>:sha256-<hex>` for one with a digest.
 */
export function archivedImageName(ref: string): string {
  const { registry, repository, tag, digest } = parseImageReference(ref);
  return `${registry}/${repository}:${digest === undefined ? tag : digest.replace(':', '-')}`;
}

/**
 * Returns the path of an image's archive in a mirror tree: `<registry>/<repository>/<tag>.tar`, with `sha256-<hex>` in
 * place of the tag for a reference with a digest, and `<tag>.<arch>.tar` for architectures other than amd64.
 */
export function imageArchivePath(ref: string, arch: string): string {
  const name = archivedImageName(ref);
  const at = name.lastIndexOf(':');
  return `${name.slice(0, at)}/${name.slice(at + 1)}${arch === 'amd64' ? '' : `.${arch}`}.tar`;
}
