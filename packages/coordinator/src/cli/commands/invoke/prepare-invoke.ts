import { count } from '@vhive/base/count';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import type { Sample } from '@vhive/base/load/sample';
import { scheduleLines } from '@vhive/core/load/schedule-file';
import type { Schedule } from '@vhive/shared';
import type { ResultNames } from '../../../load/result-files.ts';
import type { Flags } from '../../options/command-options.ts';
import { prepareDirectory } from '../../options/output-directory.ts';
import { chooseSchedule } from './choose-schedule.ts';

/** Chooses what is sent, counts it, and makes the folder of the results. Throws `usage` for bad input. */
export async function prepareInvoke(
  hosts: readonly string[],
  flags: Flags<'invoke'>,
): Promise<{ schedule: Schedule; calls: number }> {
  const schedule = await chooseSchedule(hosts, flags);
  let calls = 0;
  for (const _ of schedule.shots) calls++;
  await prepareDirectory(flags.outputDir, calls);
  return { schedule, calls };
}

/** Writes the schedule to the file of `--save-schedule`, where there is one. */
export async function saveSchedule(schedule: Schedule, { saveSchedule: file }: Flags<'invoke'>): Promise<void> {
  if (file !== undefined) await writeFileAtomic(file, [...scheduleLines(schedule)].join(''), { mode: 0o644 });
}

/** Where results go. */
export function namesOf({ outputDir, latf, profile, durf }: Flags<'invoke'>): ResultNames {
  return { directory: outputDir, latencies: latf, durations: profile ? durf : undefined };
}

/** Says what is about to be sent. */
export function beginning(
  { source, seed, endpoints }: Schedule,
  calls: number,
  { protocol, connections }: Flags<'invoke'>,
): string {
  const how =
    connections === 'reuse' ? 'over connections that are reused' : 'over a new connection each, in its latency';
  const whom = endpoints.length === 1 ? endpoints[0] : `${endpoints.length} endpoints`;
  return `${count(calls, 'call')} of ${whom} (${protocol}), ${how}: ${source}${seed === null ? '' : `, seed ${seed}`}`;
}

/** The sample with the function's own duration, which is the last word of the reply, in microseconds. */
export function profiled(sample: Sample): Sample {
  const micros = /(?:^|\s)(\d+)\s*$/.exec(sample.reply ?? '')?.[1];
  return micros === undefined ? sample : { ...sample, functionMs: Number(micros) / 1000 };
}
