/** One archive and suite of an apt source list, as apt would use it for binary packages. */
export interface AptSource {
  uri: string;
  suite: string;
  components: string[];
  /** Path of the keyring the archive is signed with, when the list names one. */
  signedBy?: string;
  /** The operator told apt to trust the archive unsigned. */
  trusted: boolean;
}

/**
 * The binary package sources in a source list, in one-line style (`.list`) or deb822 style (`.sources`).
 * Disabled entries, source packages and CD-ROMs are left out. Formats: sources.list(5).
 */
export function parseAptSources(fileName: string, text: string): AptSource[] {
  const sources = fileName.endsWith('.sources') ? parseStanzas(text) : parseLines(text);
  return sources.filter((source) => !source.uri.startsWith('cdrom:'));
}

function parseLines(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split('\n')) {
    const entry = /^\s*deb\s+(?:\[(?<options>[^\]]*)\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)(?<components>[^#]*)/.exec(line);
    const { options, uri, suite, components } = entry?.groups ?? {};
    if (uri === undefined || suite === undefined) continue;
    const settings = new Map(words(options).map((option) => option.split('=', 2) as [string, string | undefined]));
    sources.push(source(uri, suite, words(components), settings.get('signed-by'), settings.get('trusted')));
  }
  return sources;
}

function parseStanzas(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const stanza of text.split(/\n[ \t]*\n/)) {
    const fields = stanzaFields(stanza);
    if (fields.get('enabled')?.toLowerCase() === 'no' || !words(fields.get('types')).includes('deb')) continue;
    for (const uri of words(fields.get('uris'))) {
      for (const suite of words(fields.get('suites'))) {
        const components = words(fields.get('components'));
        sources.push(source(uri, suite, components, fields.get('signed-by'), fields.get('trusted')));
      }
    }
  }
  return sources;
}

/** Field names are case-insensitive; a line that starts with a space goes on with the field before it. */
function stanzaFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let current = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const field = /^([^\s:]+):(.*)$/.exec(line);
    if (field?.[1] !== undefined) {
      current = field[1].toLowerCase();
      fields.set(current, (field[2] ?? '').trim());
    } else if (current !== '') {
      fields.set(current, `${fields.get(current)}\n${line.trim()}`.trim());
    }
  }
  return fields;
}

function source(uri: string, suite: string, components: string[], signedBy?: string, trusted?: string): AptSource {
  // Signed-By may also be fingerprints or a whole key: only a keyring's path is of use to other programs.
  const keyring = signedBy?.startsWith('/') && !/[\s,]/.test(signedBy) ? { signedBy } : {};
  return { uri, suite, components, ...keyring, trusted: trusted?.toLowerCase() === 'yes' };
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter(Boolean);
}

/**
 * The sources of a Debian release's own packages (component main) and of its fixes among what a Debian machine uses:
 * the machine's archives, asked for `release` instead of the machine's own release. The plain suite comes first.
 */
export function debianSources(sources: readonly AptSource[], machineRelease: string, release: string): AptSource[] {
  const suites = [machineRelease, `${machineRelease}-updates`, `${machineRelease}-security`];
  const found = new Map<string, AptSource>();
  for (const suite of suites) {
    const entry = sources.find((one) => one.suite === suite && one.components.includes('main'));
    if (entry === undefined) continue;
    found.set(suite, { ...entry, suite: suite.replace(machineRelease, release), components: ['main'] });
  }
  return [...found.values()];
}

/** A source in one-line style. */
export function aptSourceLine(source: AptSource): string {
  const options = [source.signedBy && `signed-by=${source.signedBy}`, source.trusted && 'trusted=yes'].filter(Boolean);
  const bracket = options.length === 0 ? '' : `[${options.join(' ')}] `;
  return `deb ${bracket}${source.uri} ${source.suite} ${source.components.join(' ')}`;
}
