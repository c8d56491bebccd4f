/** A source list of apt in one-line style (`.list`) or deb822 style (`.sources`). */
export interface AptSourceFile {
  readonly name: string;
  readonly text: string;
}

/** The Debian release from whose packages the mirror tree is made. */
export const debianRelease = 'bookworm';

/**
 * Rewrites the machine's own Debian sources so that they also give source packages, and for the release that the mirror
 * tree needs. Hosts, keys and options stay as the operator set them. Entries are left out that are not the `main`
 * component of the Debian archive for the machine's release (third-party ones, backports, CD-ROMs), and so are files
 * without any other entry.
 *
 * @param machineRelease code name of the machine's release, as VERSION_CODENAME in os-release
 */
export function sourcesWithSourcePackages(files: readonly AptSourceFile[], machineRelease: string): AptSourceFile[] {
  return files
    .map(({ name, text }) => ({
      name,
      text: name.endsWith('.sources') ? rewriteStanzas(text, machineRelease) : rewriteLines(text, machineRelease),
    }))
    .filter(({ text }) => text !== '');
}

/**
 * Rewrites sources that {@link sourcesWithSourcePackages} made so that they give the release's backports instead. Only
 * the archive itself has such, so that sources of its fixes are left out.
 */
export function backportsOf(sources: readonly AptSourceFile[]): AptSourceFile[] {
  const backports = `${debianRelease}-backports`;
  const ofLine = (line: string) =>
    line.endsWith(` ${debianRelease} main`) ? [line.replace(/\S+ main$/, `${backports} main`)] : [];
  const ofStanza = (stanza: string) =>
    new RegExp(`^Suites:.* ${debianRelease}(?: |$)`, 'm').test(stanza)
      ? [stanza.replace(/^Suites:.*$/m, `Suites: ${backports}`).trim()]
      : [];
  return sources
    .map(({ name, text }) => {
      const parts = name.endsWith('.sources') ? text.split('\n\n').flatMap(ofStanza) : text.split('\n').flatMap(ofLine);
      return { name, text: parts.map((part) => `${part}\n`).join(name.endsWith('.sources') ? '\n' : '') };
    })
    .filter(({ text }) => text !== '');
}

/** Whether a suite holds the packages of a release or their fixes. */
function isReleaseSuite(suite: string, release: string): boolean {
  return [release, `${release}-updates`, `${release}-security`, `${release}/updates`].includes(suite);
}

function toNeededRelease(suites: readonly string[], machineRelease: string): string {
  return suites
    .filter((suite) => isReleaseSuite(suite, machineRelease))
    .map((suite) => suite.replace(machineRelease, debianRelease))
    .join(' ');
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function rewriteLines(text: string, machineRelease: string): string {
  const entries = new Set<string>();
  for (const line of text.split('\n')) {
    const entry = /^deb\s+(?<options>\[[^\]]*\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)\s+(?<components>[^#]+)/.exec(
      line.trim(),
    );
    const { options = '', uri = '', suite = '', components } = entry?.groups ?? {};
    if (uri === '' || uri.startsWith('cdrom:')) continue;
    if (!isReleaseSuite(suite, machineRelease) || !words(components).includes('main')) continue;
    for (const type of ['deb', 'deb-src']) {
      entries.add(`${type} ${options}${uri} ${toNeededRelease([suite], machineRelease)} main`);
    }
  }
  return entries.size === 0 ? '' : `${[...entries].join('\n')}\n`;
}

function rewriteStanzas(text: string, machineRelease: string): string {
  const stanzas: string[] = [];
  for (const stanza of text.split(/\n\s*\n/)) {
    const lines = stanza.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const field = (name: string) =>
      lines.find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.replace(/^[^:]*:\s*/, '');
    const suites = toNeededRelease(words(field('Suites')), machineRelease);
    const isOff = /^no$/i.test(field('Enabled')?.trim() ?? '');
    const isDebianMain = words(field('Types')).includes('deb') && words(field('Components')).includes('main');
    if (isOff || suites === '' || !isDebianMain) continue;
    const kept = lines.map((line) =>
      line
        .replace(/^types:.*$/i, 'Types: deb deb-src')
        .replace(/^suites:.*$/i, `Suites: ${suites}`)
        .replace(/^components:.*$/i, 'Components: main'),
    );
    stanzas.push(kept.join('\n'));
  }
  return stanzas.length === 0 ? '' : `${stanzas.join('\n\n')}\n`;
}
