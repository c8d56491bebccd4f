import type { Params, ParamsIn, Task } from '@vhive/shared';
import type { FileName } from '../../versions/catalogue.ts';
import { artifactOf } from './artifacts.ts';
import type { PhaseContext } from './context.ts';
import type { ManifestName } from './facts.ts';
import { task } from './task.ts';

/** A change to an object of a manifest, as one writes it, with defaults left out. */
export type ManifestPatch = NonNullable<ParamsIn<'kubernetes.apply'>['patches']>[number];

/** Returns our patches followed by the operator's own, which thereby win. */
function withOwnPatches(
  { config }: PhaseContext,
  name: ManifestName,
  patches: readonly ManifestPatch[] = [],
): readonly ManifestPatch[] {
  return [...patches, ...(config.manifestPatches[name] ?? [])];
}

/**
 * Makes a task that applies a manifest which the control plane fetches. Its step must need `artifactStep(name,
 * controlPlane)`.
 */
export function applyManifest(
  context: PhaseContext,
  name: FileName,
  title: string,
  patches: readonly ManifestPatch[] = [],
  leaveAlone: ParamsIn<'kubernetes.apply'>['leaveAlone'] = [],
): Task {
  return task(name, title, 'kubernetes.apply', {
    manifest: artifactOf(name, context.controlPlane),
    patches: withOwnPatches(context, name, patches),
    inventory: name,
    ...(leaveAlone.length === 0 ? {} : { leaveAlone }),
  });
}

/** Makes a task that applies a manifest which an earlier task wrote to a path on the control plane. */
export function applyRendered(
  context: PhaseContext,
  name: ManifestName,
  title: string,
  file: Params<'manifest.render'>['path'],
  patches: readonly ManifestPatch[] = [],
): Task {
  return task(name, title, 'kubernetes.apply', {
    ...{ file, patches: withOwnPatches(context, name, patches), inventory: name },
  });
}

/** The folder on the control plane for manifests that are made there and for what they are made from. */
export const MANIFESTS = '/etc/vhive/manifests';
