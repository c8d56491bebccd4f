import { join } from 'node:path';
import { resolveParams } from '@vhive/core/scheduler/resolve-params';
import { actions, outputRefsIn, type Params, type Plan } from '@vhive/shared';
import { describeTree } from '../local/describe-tree.ts';
import { packTree } from '../local/pack-tree.ts';
import { mirrorPath } from '../sources/mirror-tree.ts';
import { urlOf } from './plan-needs.ts';

/** Where the source of vHive lies for a pull. */
export interface PulledSource {
  /** The path of its archive. */
  archive: string;
  params: Omit<Params<'vhive.tree'>, 'source'>;
}

/**
 * Returns the archive of vHive's source that a plan reads: in the mirror tree, or made below `scratch` from a checkout.
 * The result is undefined when the plan reads none.
 */
export async function sourceOf(
  plan: Plan,
  { directory, scratch }: { directory: string; scratch: string },
): Promise<PulledSource | undefined> {
  const task = plan.steps.flatMap(({ tasks }) => tasks).find(({ action }) => action === 'vhive.tree');
  if (task === undefined) return undefined;
  const params = actions['vhive.tree'].params.omit({ source: true }).parse(task.params);
  if (params.tree !== null) {
    const archive = join(scratch, 'vhive-source.tar.gz');
    await packTree(params.tree, archive);
    return { archive, params };
  }
  const url = urlOf(task.params.source, plan);
  return url === undefined ? undefined : { archive: join(directory, mirrorPath(url)), params };
}

/**
 * Returns a plan in which everything that vHive's source tells is filled in.
 * @throws VhiveError `usage` when the source is not what the plan was made for
 */
export async function toldBySource(plan: Plan, { archive, params }: PulledSource): Promise<Plan> {
  const reader = plan.steps.find(({ tasks }) => tasks.some(({ action }) => action === 'vhive.tree'));
  const outputs = { tree: await describeTree(archive, params) };
  const steps = plan.steps.map((step) =>
    outputRefsIn(step.tasks.map((task) => task.params)).some(({ $output }) => $output.step === reader?.id)
      ? { ...step, tasks: resolveParams(step, (id) => (id === reader?.id ? outputs : undefined)) }
      : step,
  );
  return { ...plan, steps };
}
