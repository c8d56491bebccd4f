import { dirname, resolve } from 'node:path';
import { count } from '@vhive/base/count';
import { wantsNodes } from '@vhive/core/experiments/placement';
import { pointText } from '@vhive/core/experiments/points';
import { clusterKey } from '@vhive/core/experiments/trials';
import { messageOf } from '@vhive/shared';
import { checkPlacement } from '../../../experiments/check-placement.ts';
import { connectCluster } from '../../../functions/connect.ts';
import type { CliContext } from '../../context.ts';
import { describeDuration } from '../../duration.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { Flags } from '../../options/command-options.ts';
import { table } from '../../render/text-table.ts';
import { hasCluster } from './ensure-cluster.ts';
import {
  checkClusters,
  experimentText,
  loadSeconds,
  type PlannedExperiment,
  plannedExperiment,
} from './planned-experiment.ts';

/** Checks an experiment file, and whether a cluster that is there has the nodes that it wants. */
export async function runValidate(
  file: string,
  { kubeconfig }: Flags<'experiment validate'>,
  { io }: CliContext,
): Promise<void> {
  const planned = plannedExperiment(file, await experimentText(file));
  await checkClusters(planned, dirname(resolve(file)));
  const placed = planned.points.filter(({ settings }) => wantsNodes(settings) && !hasCluster(settings));
  const [first] = placed;
  if (first !== undefined)
    await withInterrupt(io, async (signal) => {
      const { namespace } = first.settings;
      const api = await connectCluster({ kubeconfig, namespace }, io.env, signal).then(
        (cluster) => cluster.api,
        (error: unknown) =>
          io.warn(`whether the cluster has the nodes that are wanted is not checked: ${messageOf(error)}`),
      );
      if (api) for (const { settings } of placed) await checkPlacement(api, settings, signal);
    });
  io.say(`${file} is valid: ${totalText(planned)}`);
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
