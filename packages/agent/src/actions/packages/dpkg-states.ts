import type { Host } from '../../host/host.ts';

// dpkg's own placeholders, so no template string.
const FORMAT = ['$', '{Package}\\t$', '{db:Status-Status}\\n'].join('');

/** dpkg's status word of each package it knows ("installed", "half-configured" ...), by name. */
export async function dpkgStates(
  host: Host,
  packages: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  // Exit status 1 only says that some are unknown; the others are printed all the same.
  const { stdout } = await host.run(['dpkg-query', '--show', '--showformat', FORMAT, ...packages], { signal });
  const states = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [name, state] = line.split('\t');
    // A package of a second architecture must not hide the installed one.
    if (name && state && states.get(name) !== 'installed') states.set(name, state);
  }
  return states;
}
