/** Debian's words for architectures, by the words of Node.js. */
const names: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  ia32: 'i386',
  arm: 'armhf',
  ppc64: 'ppc64el',
};

/**
 * Debian's word for an architecture that Node.js names, as publishers of downloads use it too: `amd64` for `x64`. An
 * architecture that the table lacks keeps its name.
 */
export function debianArch(nodeArch: string): string {
  return names[nodeArch] ?? nodeArch;
}
