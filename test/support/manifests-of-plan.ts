import { patchObjects } from '@vhive/agent/actions/kubernetes/patch/patch';
import { actions, type KubernetesObject, type Params, type Plan, type Task } from '@vhive/shared';

/** What one `kubernetes.apply` of a plan would put into a cluster. */
export interface AppliedManifest {
  step: string;
  /**
   * The name of the manifest in the catalogue. For our own objects, and for files that are made on the node, it is the
   * id of the task.
   */
  name: string;
  objects: KubernetesObject[];
}

/** A manifest that a plan applies and that is not part of the plan itself. */
export interface ManifestSource {
  /** The name of the manifest in the catalogue, or the name of what it is made from on the node. */
  name: string;
  /** The `<host>/<path>` of the address from which it is fetched; undefined when it is made on the node. */
  address: string | undefined;
}

/** Returns the objects of a manifest, which are always the same; undefined when there is no such manifest here. */
export type ManifestReader = (source: ManifestSource) => KubernetesObject[] | undefined;

/** Returns all tasks of one action, in the plan's order, each with its step. */
export function tasksOf(plan: Plan, action: Task['action']): { step: string; task: Task }[] {
  return plan.steps.flatMap((step) =>
    step.tasks.filter((task) => task.action === action).map((task) => ({ step: step.id, task })),
  );
}

/**
 * Returns what a plan applies, patched by the agent's own code, in the plan's order. A manifest that the reader does
 * not have is named in `absent`.
 *
 * @throws VhiveError when a patch finds nothing to change, as on a node
 */
export function manifestsOfPlan(plan: Plan, read: ManifestReader): { applied: AppliedManifest[]; absent: string[] } {
  const applied: AppliedManifest[] = [];
  const absent: string[] = [];
  for (const { step, task } of tasksOf(plan, 'kubernetes.apply')) {
    const source = sourceOf(plan, task);
    if (source === undefined) {
      applied.push({ step, name: task.id, objects: actions['kubernetes.apply'].params.parse(task.params).objects });
      continue;
    }
    const objects = read(source);
    if (objects === undefined) absent.push(source.name);
    else applied.push({ step, name: source.name, objects: patchObjects(objects, patchesOf(task), source.name) });
  }
  return { applied, absent };
}

/** Returns where the objects of an apply task come from; undefined when they stand in the task itself. */
function sourceOf(plan: Plan, { id, params }: Task): ManifestSource | undefined {
  const reference = params.manifest as { $output?: { step: string } } | null | undefined;
  const producer = plan.steps.find((step) => step.id === reference?.$output?.step);
  if (producer !== undefined) {
    const { hostname, pathname } = new URL(String(producer.tasks[0]?.params.url));
    return { name: id, address: `${hostname}${pathname}` };
  }
  return typeof params.file === 'string' ? { name: id, address: undefined } : undefined;
}

function patchesOf({ params }: Task): Params<'kubernetes.apply'>['patches'] {
  return actions['kubernetes.apply'].params.pick({ patches: true }).parse(params).patches;
}
