import { changeLine } from '@vhive/core/cluster-file/index';
import type { RunStarted } from '@vhive/shared';
import type { UpSettings } from './settings.ts';

/** A line for the reporter. */
export interface MessageLine {
  text: string;
  level: 'info' | 'warning';
}

/** Says what is taken from what the cluster remembers, and what differs from it. */
export function settingsLines({ fromMemory, changes }: Pick<UpSettings, 'fromMemory' | 'changes'>): MessageLine[] {
  return [
    ...(fromMemory.length === 0 ? [] : [info(`as the cluster remembers: ${fromMemory.join(', ')}`)]),
    ...changes.map((change): MessageLine => ({ text: `change: ${changeLine(change)}`, level: 'warning' })),
  ];
}

/** Says what a resumed run still goes by, although it is not what the same command would begin today. */
export function resumedLines({ runId, from }: Pick<RunStarted, 'runId' | 'from'>): MessageLine[] {
  if (from === undefined) return [];
  const { createdAt, version, file, mirror, samePlan } = from;
  const of = [
    ...(file === undefined ? [] : [`the cluster file ${file}`]),
    mirror === undefined ? 'the internet' : `the mirror tree ${mirror}`,
    `the plan${version === undefined ? '' : ` of vhive-coord ${version}`}`,
  ];
  return [
    info(`run ${runId} goes by what it was begun with at ${createdAt}: ${of.join(', ')}`),
    ...(samePlan
      ? []
      : [
          {
            text: `today's program or mirror tree would give another plan; to begin anew with it: vhive-coord runs cancel ${runId}, then this command again`,
            level: 'warning' as const,
          },
        ]),
  ];
}

function info(text: string): MessageLine {
  return { text, level: 'info' };
}
