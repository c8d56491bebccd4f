import { packShots } from '@vhive/base/load/packed-shots';
import { defined, type LoadJob, type LoadSending, type Schedule, VhiveError } from '@vhive/shared';
import type { Flags } from '../../options/command-options.ts';

/** Returns what the agents of nodes are asked for to send a load from there. Throws `usage` for what only works here. */
export function loadJobOf(schedule: Schedule, flags: Flags<'invoke'>, nodes: readonly string[]): LoadJob {
  if (flags.trace)
    throw new VhiveError({
      code: 'usage',
      message: '--trace does not go with --from: spans are made where this command runs',
      hint: 'leave one of both out',
    });
  const twice = nodes.find((node, index) => nodes.indexOf(node) !== index);
  if (twice !== undefined)
    throw new VhiveError({ code: 'usage', message: `--from names ${twice} twice`, hint: 'name each node once' });
  const { gateway, port, protocol, connections, path, timeout, maxInFlight } = flags;
  return {
    kind: 'load',
    nodes: [...nodes],
    endpoints: schedule.endpoints,
    ...{ protocol, connections, path, port: gateway?.port ?? port, timeoutMs: timeout * 1000 },
    ...defined({ gateway: gateway?.host, mostInFlight: maxInFlight }),
    sending: sendingOf(schedule, flags),
  };
}

/** A rate is told as such, so that each node makes the schedule itself; the shots of a file are sent along. */
function sendingOf(schedule: Schedule, flags: Flags<'invoke'>): LoadSending {
  const { durationMs, warmUpMs = 0, seed } = schedule;
  if (flags.schedule !== undefined) {
    const packed = packShots(schedule.shots);
    return { from: 'shots', ...packed, warmUpMs, durationMs: durationMs ?? lastOf(schedule) };
  }
  const { arrivals, rps, time, protocol, runtimeMs = 0, memoryMb = 0 } = flags;
  return {
    ...{ from: 'rate', arrivals, rps, timeMs: time * 1000, warmUpMs, seed: seed ?? 0 },
    ...(protocol === 'executor' ? { work: { runtimeMs, memoryMb } } : {}),
  };
}

function lastOf({ shots }: Schedule): number {
  let last = 0;
  for (const { atMs } of shots) last = atMs;
  return last;
}
