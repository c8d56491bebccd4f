/** The part of a path that is a branch, tag or commit, by host. */
const refs: Readonly<Record<string, RegExp>> = {
  'raw.githubusercontent.com': /^\/[^/]+\/[^/]+\/(?:refs\/(?:heads|tags)\/)?(?<ref>[^/]+)\//,
  'media.githubusercontent.com': /^\/media\/[^/]+\/[^/]+\/(?:refs\/(?:heads|tags)\/)?(?<ref>[^/]+)\//,
  'github.com': /^\/[^/]+\/[^/]+\/archive\/(?:refs\/(?:heads|tags)\/)?(?<ref>.+)\.(?:tar\.gz|zip)$/,
};

/**
 * Returns the branch whose newest commit an address of GitHub stands for, and whose content therefore changes by
 * design. The result is undefined where the address names a commit or what looks like a release's tag.
 */
export function branchIn(url: string): string | undefined {
  const { host, pathname } = new URL(url);
  const ref = refs[host]?.exec(pathname)?.groups?.ref;
  if (ref === undefined || /^[0-9a-f]{40}$/.test(ref) || /^(?:[a-z]+-)?v?\d+(?:\.\d+)*(?:[-+.].*)?$/.test(ref))
    return undefined;
  return decodeURIComponent(ref);
}
