import {
  actions,
  fullImageReference,
  outputRef,
  outputRefsIn,
  type Params,
  type Plan,
  readImageReference,
  type Task,
} from '@vhive/shared';
import type { PatchedObjects } from './manifest-images.ts';

/** A manifest whose images are not known before it is fetched or made. */
export interface NeededManifest extends Omit<PatchedObjects, 'objects'> {
  /** The title of the task, for people. */
  title: string;
  source: { type: 'file'; url: string } | { type: 'rendered'; path: string };
}

/** What a plan takes from outside, apart from Debian packages. */
export interface PlanNeeds {
  files: Params<'artifact.fetch'>[];
  /** The full references of images. */
  images: string[];
  /** The objects that stand in the plan itself. */
  applied: PatchedObjects[];
  manifests: NeededManifest[];
}

/** Looks through all tasks of a plan that was made for a mirror tree. */
export function needsOf(plan: Plan): PlanNeeds {
  const tasks = plan.steps.flatMap((step) => step.tasks);
  const files = tasks
    // What only vHive's source tells is not known before that was read.
    .filter(({ action, params }) => action === 'artifact.fetch' && outputRefsIn(params).length === 0)
    .map(({ params }) => actions['artifact.fetch'].params.parse(params))
    // An optional file is one that only mirror trees have, so it cannot be fetched from the internet.
    .filter(({ optional }) => !optional);
  const applies = tasks.filter(({ action }) => action === 'kubernetes.apply');
  return {
    files: [...new Map(files.map((file) => [file.url, file])).values()],
    images: [...new Set(tasks.flatMap(imagesOfTask))].sort(),
    applied: [
      ...applies.map(({ params }) => ({ objects: listOf(params.objects) })),
      ...tasks.flatMap(({ action, params }) =>
        action === 'function.smoke-test' ? [{ objects: [params.service] }] : [],
      ),
    ],
    manifests: applies.flatMap((task) => manifestOf(task, plan)),
  };
}

/** Returns the images that a task names outside of objects. */
function imagesOfTask({ action, params }: Task): string[] {
  const named = { 'image.fetch': params.ref, image: params.ref, 'microvm.boot': params.image }[action];
  return typeof named === 'string' && readImageReference(named) ? [fullImageReference(named)] : [];
}

function manifestOf({ title, params }: Task, plan: Plan): NeededManifest[] {
  const { patches, without } = actions['kubernetes.apply'].params
    .pick({ patches: true, without: true })
    .parse({ patches: params.patches, without: params.without });
  if (typeof params.file === 'string')
    return [{ title, patches, without, source: { type: 'rendered', path: params.file } }];
  const url = urlOf(params.manifest, plan);
  return url === undefined ? [] : [{ title, patches, without, source: { type: 'file', url } }];
}

/** Returns the URL of the file for which a reference to an output of `artifact.fetch` stands. */
export function urlOf(value: unknown, plan: Plan): string | undefined {
  const reference = outputRef.safeParse(value);
  if (!reference.success) return undefined;
  const { step, task } = reference.data.$output;
  const fetch = plan.steps.find(({ id }) => id === step)?.tasks.find(({ id }) => id === task);
  return fetch?.action === 'artifact.fetch' ? String(fetch.params.url) : undefined;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
