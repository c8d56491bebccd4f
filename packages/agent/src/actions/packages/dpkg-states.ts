import type { Host } from '../../host/host.ts';

// These are placeholders of dpkg, which would look like those of a template string.
const FORMAT = ['$', '{Package}\\t$', '{db:Status-Status}\\n'].join('');

/** Returns dpkg's status word ("installed", "half-configured" ...) of each package that it knows, by name. */
export async function dpkgStates(
  host: Host,
  packages: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  // Exit status 1 only says that some packages are unknown; the others are printed nevertheless.
  const { stdout } = await host.run(['dpkg-query', '--show', '--showformat', FORMAT, ...packages], { signal });
  const states = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [name, state] = line.split('\t');
    // A package of a second architecture must not hide the installed one.
    if (name && state && states.get(name) !== 'installed') states.set(name, state);
  }
  return states;
}
