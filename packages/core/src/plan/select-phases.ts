import { VhiveError } from '@vhive/shared';
import type { Phase } from '../phases/index.ts';

/**
 * Returns the phases up to and including `until`, without those in `skip`. Throws a VhiveError `usage`, which names the
 * phases that there are, for an unknown one.
 */
export function selectPhases(
  all: readonly Phase[],
  { until, skip = [] }: { until?: string; skip?: readonly string[] },
): readonly Phase[] {
  const names = all.map((phase) => phase.name);
  for (const [option, name] of [['--until', until] as const, ...skip.map((name) => ['--skip', name] as const)])
    if (name !== undefined && !names.includes(name))
      throw new VhiveError({
        code: 'usage',
        message: `${option} ${name}: there is no such phase`,
        hint: `the phases are ${names.join(', ')}`,
      });
  const upTo = until === undefined ? all : all.slice(0, names.indexOf(until) + 1);
  return upTo.filter((phase) => !skip.includes(phase.name));
}
