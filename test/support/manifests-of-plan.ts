import { patchObjects } from '@vhive/agent/actions/kubernetes/patch/patch';
import { actions, type KubernetesObject, type Params, type Plan, type Task } from '@vhive/shared';

/** What one `kubernetes.apply` of a plan would put into a cluster. */
export interface AppliedManifest {
  step: string;
  /** Name of the manifest in the catalogue; of our own objects and of files made on the node: the task's id. */
  name: string;
  objects: KubernetesObject[];
}

/** A manifest that a plan applies and that is not part of the plan itself. */
export interface ManifestSource {
  /** Name of the manifest in the catalogue, or of what it is made from on the node. */
  name: string;
  /** `<host>/<path>` of the address it is fetched from; undefined: it is made on the node. */
  address: string | undefined;
}

/** Gives the objects of a manifest, always the same; undefined: there is no such manifest here. */
export type ManifestReader = (source: ManifestSource) => KubernetesObject[] | undefined;

/** All of a kind of tasks, in the plan's order, each with its step. */
export function tasksOf(plan: Plan, action: Task['action']): { step: string; task: Task }[] {
  return plan.steps.flatMap((step) =>
    step.tasks.filter((task) => task.action === action).map((task) => ({ step: step.id, task })),
  );
}

/**
 * What a plan applies, patched by the agent's own code, in the plan's order. A manifest that the reader does not have is
 * named in `absent`.
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

/** Where the objects of an apply task come from; undefined: they stand in the task itself. */
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
