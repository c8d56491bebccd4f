import type { Params, ParamsIn, Task } from '@vhive/shared';
import type { FileName } from '../../versions/catalogue.ts';
import { artifactOf } from './artifacts.ts';
import type { PhaseContext } from './context.ts';
import type { ManifestName } from './facts.ts';
import { task } from './task.ts';

/** A change to an object of a manifest, as one writes it. */
export type ManifestPatch = NonNullable<ParamsIn<'kubernetes.apply'>['patches']>[number];

/** Our patches, then the operator's own, which so have the last word. */
function withOwnPatches(
  { config }: PhaseContext,
  name: ManifestName,
  patches: readonly ManifestPatch[] = [],
): readonly ManifestPatch[] {
  return [...patches, ...(config.manifestPatches[name] ?? [])];
}

/** Applies a manifest that the control plane fetches; its step needs `artifactStep(name, controlPlane)`. */
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
    ...(leaveAlone.length === 0 ? {} : { leaveAlone }),
  });
}

/** Applies a manifest that an earlier task made at a path of the control plane. */
export function applyRendered(
  context: PhaseContext,
  name: ManifestName,
  title: string,
  file: Params<'manifest.render'>['path'],
  patches: readonly ManifestPatch[] = [],
): Task {
  return task(name, title, 'kubernetes.apply', { file, patches: withOwnPatches(context, name, patches) });
}

/** Where manifests are made on the control plane, and from what. */
export const MANIFESTS = '/etc/vhive/manifests';
