/** How a group's go.mod and go.sum pin modules, by the path of the module. */
export interface ModulePins {
  /** The settings that apply to every program: the lines `go`, `godebug` and `toolchain`. */
  readonly settings: readonly string[];
  /** The least version of Go, such as `1.26.3`. */
  readonly go: string;
  /** What pins a module: its version, what replaces it, and the sum of its source. */
  readonly modules: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the texts of a go.mod and a go.sum, as `go mod tidy` writes them. Comments do not count.
 *
 * @see https://go.dev/ref/mod#go-mod-file
 */
export function modulePins(goMod: string, goSum: string): ModulePins {
  const modules = new Map<string, string[]>();
  const settings: string[] = [];
  const pin = (path: string, text: string) => modules.set(path, [...(modules.get(path) ?? []), text]);
  for (const line of directives(goMod)) {
    const [verb = '', path = '', ...rest] = line.split(/\s+/);
    if (verb === 'require' || verb === 'replace') pin(path, `${verb} ${rest.join(' ')}`);
    if (['go', 'godebug', 'toolchain'].includes(verb)) settings.push(line);
  }
  for (const line of goSum.split('\n')) {
    const [path, version, sum] = line.trim().split(/\s+/);
    // The sums of go.mod files are many, because the whole graph is read; they change nothing of what is compiled.
    if (path === undefined || sum === undefined || version?.endsWith('/go.mod') === true) continue;
    pin(path, `${version} ${sum}`);
  }
  const go = settings.find((line) => line.startsWith('go '))?.slice('go '.length) ?? '';
  return { settings, go, modules };
}

/** Returns each directive of a go.mod on one line of its own, also those that are written as a block. */
function directives(goMod: string): string[] {
  const lines: string[] = [];
  let block = '';
  for (const raw of goMod.split('\n')) {
    const line = raw.replace(/\/\/.*$/, '').trim();
    if (line === ')') block = '';
    else if (/^\w+ \($/.test(line)) block = line.replace('(', '');
    else if (line !== '') lines.push(block + line);
  }
  return lines;
}

/** Returns what pins these modules, in a fixed order. It is equal for two groups that compile them alike. */
export function pinsOf({ modules }: ModulePins, paths: readonly string[]): [string, readonly string[]][] {
  return [...new Set(paths)].toSorted().map((path) => [path, modules.get(path) ?? []]);
}

/** Returns the modules that a program was compiled from, as `go version -m` prints them. */
export function modulesOfProgram(versionOutput: string): string[] {
  return [...versionOutput.matchAll(/^\t(?:mod|dep)\t(\S+)\t/gm)].map(([, path = '']) => path);
}
