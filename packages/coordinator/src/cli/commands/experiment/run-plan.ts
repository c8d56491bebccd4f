import { count } from '@vhive/base/count';
import { pointText } from '@vhive/core/experiments/points';
import { clusterKey } from '@vhive/core/experiments/trials';
import type { CliContext } from '../../context.ts';
import { describeDuration } from '../../duration.ts';
import { table } from '../../render/text-table.ts';
import { experimentText, loadSeconds, type PlannedExperiment, plannedExperiment } from './planned-experiment.ts';

/** Checks an experiment file. */
export async function runValidate(file: string, { io }: CliContext): Promise<void> {
  io.say(`${file} is valid: ${totalText(plannedExperiment(file, await experimentText(file)))}`);
}

/** Shows what an experiment would measure, in its order. */
export async function runPlan(file: string, { io }: CliContext): Promise<void> {
  const planned = plannedExperiment(file, await experimentText(file));
  for (const [index, { id, point, repetition }] of planned.trials.entries())
    io.line({ type: 'trial', status: 'planned', trial: id, number: index + 1, values: point.values, repetition });
  if (!io.json) {
    const rows = planned.trials.map(({ id, point }, index) => [
      { text: String(index + 1) },
      { text: id },
      { text: pointText(point.values) },
    ]);
    const columns = [
      { heading: '#', align: 'right' as const },
      { heading: 'TRIAL' },
      { heading: 'POINT', elastic: true },
    ];
    for (const line of table(columns, rows, { width: io.width, heading: io.style.dim })) io.say(line);
  }
  io.say(totalText(planned));
}

function totalText({ experiment, points, trials }: PlannedExperiment): string {
  const clusters = new Set(points.map(({ settings }) => clusterKey(settings))).size;
  const of = clusters > 1 ? `, ${clusters} settings of the cluster` : '';
  return `${count(points.length, 'point')}, ${count(experiment.repetitions, 'repetition')}: ${count(trials.length, 'trial')}${of}; the load alone takes ${describeDuration(loadSeconds(trials))}`;
}
