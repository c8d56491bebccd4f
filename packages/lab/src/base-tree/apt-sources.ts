/** One archive and suite of an apt source list, as apt would use it for binary packages. */
export interface AptSource {
  uri: string;
  suite: string;
  components: string[];
  /** The path of the keyring that the archive is signed with, if the list names one. */
  signedBy?: string;
  /** Whether the operator told apt to trust the archive without a signature. */
  trusted: boolean;
}

/**
 * Reads the sources of binary packages in a source list in one-line style (`.list`) or deb822 style (`.sources`).
 * Disabled entries, source packages and CD-ROMs are left out. The formats are described in sources.list(5).
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

/**
 * Reads the fields of a stanza. Their names are case-insensitive, and a line that starts with a space continues the
 * field before it.
 */
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
  // Signed-By may also hold fingerprints or a whole key, but only the path of a keyring is of use to other programs.
  const keyring = signedBy?.startsWith('/') && !/[\s,]/.test(signedBy) ? { signedBy } : {};
  return { uri, suite, components, ...keyring, trusted: trusted?.toLowerCase() === 'yes' };
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter(Boolean);
}

/**
 * Finds, among the sources of a Debian machine, those of the release's own packages (component main) and of their
 * fixes. Their archives are asked for `release` instead of the machine's own release. The plain suite comes first.
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

/** Writes a source in one-line style. */
export function aptSourceLine(source: AptSource): string {
  const options = [source.signedBy && `signed-by=${source.signedBy}`, source.trusted && 'trusted=yes'].filter(Boolean);
  const bracket = options.length === 0 ? '' : `[${options.join(' ')}] `;
  return `deb ${bracket}${source.uri} ${source.suite} ${source.components.join(' ')}`;
}
