import { VhiveError } from '@vhive/shared';
import type { Trace, TraceFunction } from './trace.ts';

/** Which functions of a trace are wanted. What is absent lets all pass. */
export interface FunctionChoice {
  /** At most so many, drawn by chance. */
  sample?: number | undefined;
  /** Only the first so many of the file. */
  first?: number | undefined;
  /** Only those whose hash begins with one of these. */
  hashes?: readonly string[] | undefined;
  /** Only those with one of these triggers. */
  triggers?: readonly string[] | undefined;
}

/**
 * Returns the trace with the functions that are wanted, in the order of the file. Throws `usage` where a hash fits none
 * or several, or where none is left.
 */
export function chooseFunctions(trace: Trace, choice: FunctionChoice, random: () => number): Trace {
  const { hashes, triggers, first, sample } = choice;
  let chosen = hashes === undefined ? [...trace.functions] : byHash(trace, hashes);
  if (triggers !== undefined) chosen = chosen.filter(({ trigger }) => triggers.includes(trigger));
  if (first !== undefined) chosen = chosen.slice(0, first);
  if (sample !== undefined) chosen = drawn(chosen, sample, random);
  if (chosen.length === 0)
    throw new VhiveError({
      code: 'usage',
      message: 'no function of the trace is left',
      hint: `it has ${trace.functions.length} functions, with the triggers ${triggersOf(trace)}`,
    });
  return { ...trace, functions: chosen };
}

const triggersOf = ({ functions }: Trace) =>
  [...new Set(functions.map(({ trigger }) => trigger || 'unknown'))].sort().join(', ');

function byHash({ functions }: Trace, hashes: readonly string[]): TraceFunction[] {
  const wanted = new Set(
    hashes.map((begin) => {
      const [found, another] = functions.filter(({ hash }) => hash.startsWith(begin));
      if (found === undefined)
        throw new VhiveError({
          code: 'usage',
          message: `no function of the trace has a hash that begins with ${begin}`,
        });
      if (another !== undefined)
        throw new VhiveError({ code: 'usage', message: `several functions have a hash that begins with ${begin}` });
      return found;
    }),
  );
  return functions.filter((one) => wanted.has(one));
}

/** Draws without putting back (Floyd), and keeps the order. */
function drawn(functions: readonly TraceFunction[], count: number, random: () => number): TraceFunction[] {
  const positions = new Set<number>();
  for (let last = Math.max(0, functions.length - count); last < functions.length; last += 1) {
    const position = Math.floor(random() * (last + 1));
    positions.add(positions.has(position) ? last : position);
  }
  return functions.filter((_, index) => positions.has(index));
}
