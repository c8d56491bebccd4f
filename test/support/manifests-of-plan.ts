import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseManifest } from '@vhive/agent/actions/kubernetes/manifest';
import { patchObjects } from '@vhive/agent/actions/kubernetes/patch/patch';
import { actions, type KubernetesObject, type Params, type Plan, type Task } from '@vhive/shared';

/** The real manifests as `<host>/<path>` of their addresses; they are no part of the project. */
export const UPSTREAM_MANIFESTS = resolve(
  process.env.VHIVE_UPSTREAM_MANIFESTS ?? join(import.meta.dirname, '../../../shared/upstream-manifests'),
);

/** What one `kubernetes.apply` of a plan would put into a cluster. */
export interface AppliedManifest {
  step: string;
  /** Name of the manifest in the catalogue; of our own objects and rendered ones: the task's id. */
  name: string;
  objects: KubernetesObject[];
}

/** All of a kind of tasks, in the plan's order, each with its step. */
export function tasksOf(plan: Plan, action: Task['action']): { step: string; task: Task }[] {
  return plan.steps.flatMap((step) =>
    step.tasks.filter((task) => task.action === action).map((task) => ({ step: step.id, task })),
  );
}

/**
 * What a plan applies, patched by the agent's own code, in the plan's order. Manifests that are made on the node, and
 * those that are not in the folder, are named in `absent`.
 */
export async function manifestsOfPlan(plan: Plan): Promise<{ applied: AppliedManifest[]; absent: string[] }> {
  const applied: AppliedManifest[] = [];
  const absent: string[] = [];
  for (const { step, task } of tasksOf(plan, 'kubernetes.apply')) {
    const producer = producerOf(task.params.manifest);
    if (producer === undefined) {
      const { objects, file } = actions['kubernetes.apply'].params.parse(task.params);
      if (file !== null) absent.push(task.id);
      applied.push({ step, name: task.id, objects });
      continue;
    }
    const path = join(UPSTREAM_MANIFESTS, addressOf(plan, producer));
    if (
      await access(path).then(
        () => false,
        () => true,
      )
    ) {
      absent.push(task.id);
      continue;
    }
    const {
      patches,
    }: Pick<Params<'kubernetes.apply'>, 'patches'> = actions['kubernetes.apply'].params
      .pick({ patches: true })
      .parse(task.params);
    applied.push({ step, name: task.id, objects: patchObjects(await parsed(path), patches, task.id) });
  }
  return { applied, absent };
}

/** Parsed once: patching leaves what it is given as it is. */
const manifests = new Map<string, Promise<KubernetesObject[]>>();

function parsed(path: string): Promise<KubernetesObject[]> {
  const objects = manifests.get(path) ?? readFile(path, 'utf8').then((text) => parseManifest(text, path));
  manifests.set(path, objects);
  return objects;
}

function producerOf(manifest: unknown): string | undefined {
  const reference = manifest as { $output?: { step: string } } | null | undefined;
  return reference?.$output?.step;
}

function addressOf(plan: Plan, producer: string): string {
  const fetch = plan.steps.find(({ id }) => id === producer)?.tasks[0];
  const { hostname, pathname } = new URL(String(fetch?.params.url));
  return `${hostname}${pathname}`;
}
