import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { makeSchedule } from '@vhive/core/load/make-schedule';
import { parseSchedule } from '@vhive/core/load/schedule-file';
import { messageOf, type Schedule, VhiveError } from '@vhive/shared';
import { readEndpoints } from '../../../load/endpoints-file.ts';
import type { Flags } from '../../options/command-options.ts';

/** What says how a load is, which a schedule says already. */
const saidBySchedule = ['endpoints', 'rps', 'time', 'warmUp', 'arrivals', 'seed', 'runtimeMs', 'memoryMb'] as const;

/** The schedule that is asked for: the one of a file, else one that is made. Throws `usage` for bad input. */
export async function chooseSchedule(hosts: readonly string[], flags: Flags<'invoke'>): Promise<Schedule> {
  if (flags.schedule !== undefined) return await readSchedule(flags.schedule, hosts, flags);
  const endpoints = hosts.length > 0 ? hosts : await readEndpoints(flags.endpoints ?? 'endpoints.json');
  if (hosts.length > 0 && flags.endpoints !== undefined)
    throw new VhiveError({
      code: 'usage',
      message: 'endpoints are named, and --endpoints names a file of them',
      hint: 'leave one of both out',
    });
  const { protocol, runtimeMs = 0, memoryMb = 0 } = flags;
  return makeSchedule({
    endpoints,
    arrivals: flags.arrivals,
    rps: flags.rps,
    timeMs: flags.time * 1000,
    warmUpMs: (flags.warmUp ?? 0) * 1000,
    seed: flags.seed ?? randomInt(2 ** 32),
    ...(protocol === 'executor' ? { work: { runtimeMs, memoryMb } } : {}),
  });
}

async function readSchedule(file: string, hosts: readonly string[], { origins }: Flags<'invoke'>): Promise<Schedule> {
  const also = saidBySchedule.find((key) => origins[key] !== undefined);
  if (also !== undefined || hosts.length > 0)
    throw new VhiveError({
      code: 'usage',
      message: `--schedule says already what is sent when to whom, so ${also === undefined ? 'no host' : origins[also]} can be given`,
      hint: 'leave it out, or leave out --schedule',
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new VhiveError({
      code: 'usage',
      message: `--schedule: ${messageOf(cause)}`,
      hint: 'name a file that --save-schedule wrote',
      cause,
    });
  }
  return parseSchedule(text, file);
}
