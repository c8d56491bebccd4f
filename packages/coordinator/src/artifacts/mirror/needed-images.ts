import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { imagesOf, pauseImage } from '@vhive/core/versions/kubeadm';
import { resolveVersions } from '@vhive/core/versions/resolve';
import { fullImageReference, messageOf, type Plan } from '@vhive/shared';
import { parseAllDocuments } from 'yaml';
import { mirrorPath } from '../sources/mirror-tree.ts';
import { imagesInObjects } from './manifest-images.ts';
import { type NeededManifest, needsOf } from './plan-needs.ts';
import type { PullOrder } from './pull-order.ts';
import { renderManifest } from './rendered-manifests.ts';

/** What the search for images needs. */
export interface ImageSearch {
  order: PullOrder;
  /** A directory in which manifests are made. */
  scratch: string;
  signal: AbortSignal;
  /** Called with one sentence for each image that cannot be known. */
  leaveOut(what: string): void;
}

/**
 * Returns the images that a plan's cluster runs, as full references, sorted: those of tasks, of objects in the plan, of
 * the manifests that it applies (whose files are in the mirror tree by now), of Kubernetes itself, and those that the
 * cluster file asks for.
 */
export async function neededImages(plan: Plan, arch: string, search: ImageSearch): Promise<string[]> {
  const needs = needsOf(plan);
  const refs = [...needs.images, ...needs.applied.flatMap(imagesInObjects), ...ownImages(search)];
  for (const manifest of needs.manifests) refs.push(...(await imagesOfManifest(manifest, plan, arch, search)));
  return [...new Set(refs)].sort();
}

/** Returns the images of kubeadm, and those that the cluster file asks for. */
function ownImages({ order: { config }, leaveOut }: ImageSearch): string[] {
  const { kubernetes } = resolveVersions(config);
  const known = imagesOf(kubernetes, config.kubernetes.imageRepository);
  if (known === undefined)
    leaveOut(
      `images of Kubernetes ${kubernetes}, which are not known here: list those of "kubeadm config images list" in images.preload`,
    );
  const own = [...(known ?? []).map(({ ref }) => ref), pauseImage(kubernetes, config.kubernetes.imageRepository)];
  return [...own, ...config.images.preload].map(fullImageReference);
}

async function imagesOfManifest(
  manifest: NeededManifest,
  plan: Plan,
  arch: string,
  search: ImageSearch,
): Promise<string[]> {
  try {
    const text = await textOf(manifest, plan, arch, search);
    if (text === undefined) return [];
    const objects = parseAllDocuments(text, { logLevel: 'error' }).map((document): unknown => document.toJS());
    return imagesInObjects({ ...manifest, objects });
  } catch (error) {
    search.signal.throwIfAborted();
    search.leaveOut(`images of ${manifest.title}, as its manifest could not be read: ${firstLine(error)}`);
    return [];
  }
}

const firstLine = (error: unknown) => messageOf(error).split('\n')[0];

/**
 * Returns the text of the manifest; undefined when the plan does not take it from outside, or when it cannot be made on
 * this machine.
 */
async function textOf(
  { title, source }: NeededManifest,
  plan: Plan,
  arch: string,
  { order, scratch, signal, leaveOut }: ImageSearch,
): Promise<string | undefined> {
  if (source.type === 'file') {
    // A file that is missing has been reported as a failure already.
    return await readFile(join(order.directory, mirrorPath(source.url)), 'utf8').catch(
      ignoring('a missing file has been reported as a failure already'),
    );
  }
  const made = (one: Plan) =>
    one.steps.some(({ tasks }) =>
      tasks.some(({ action, params }) => action === 'manifest.render' && params.path === source.path),
    );
  if (!made(plan)) return undefined;
  // Manifests are the same for all architectures, so the program that runs on this machine makes them.
  const here = arch === order.machine ? plan : order.plans[order.machine];
  if (here === undefined || !made(here)) {
    leaveOut(`images of ${title}: its manifest is made by a program for ${arch}, which does not run here`);
    return undefined;
  }
  const directory = await mkdtemp(join(scratch, 'render-'));
  return await renderManifest(source.path, { plan: here, tree: order.directory, scratch: directory, signal });
}
