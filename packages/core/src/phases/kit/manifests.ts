import type { ClusterConfig, Params, ParamsIn, Task } from '@vhive/shared';
import { artifactOf } from './artifacts.ts';
import type { PhaseContext } from './context.ts';
import { task } from './task.ts';

/** Manifests that come as files, by their names in the catalogue. */
const published = [
  'calico-manifest',
  'metallb-native',
  'serving-crds',
  'serving-core',
  'net-istio',
  'eventing-crds',
  'eventing-core',
  'in-memory-channel',
  'mt-channel-broker',
  'metrics-server',
  'nvidia-device-plugin',
] as const;
/** Manifests that are made on the control plane, by the names of what they are made from. */
const rendered = ['istio', 'kube-prometheus-stack'] as const;

/** An upstream manifest that can be patched. */
export type ManifestName = (typeof published)[number] | (typeof rendered)[number];

/** A change to an object of a manifest, as one writes it. */
export type ManifestPatch = NonNullable<ParamsIn<'kubernetes.apply'>['patches']>[number];

/** The names that `manifestPatches` of the cluster file may have. */
export function knownManifests(): readonly ManifestName[] {
  return [...published, ...rendered];
}

/** Names in `manifestPatches` that stand for no manifest. */
export function unknownManifests({ manifestPatches }: Pick<ClusterConfig, 'manifestPatches'>): string[] {
  const known: readonly string[] = knownManifests();
  return Object.keys(manifestPatches).filter((name) => !known.includes(name));
}

/** Our patches, then the operator's own, which so have the last word. */
export function withOwnPatches(
  { config }: PhaseContext,
  name: ManifestName,
  patches: readonly ManifestPatch[] = [],
): readonly ManifestPatch[] {
  return [...patches, ...(config.manifestPatches[name] ?? [])];
}

/** Applies a manifest that the control plane fetches; its step needs `artifactStep(name, controlPlane)`. */
export function applyManifest(
  context: PhaseContext,
  name: (typeof published)[number],
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
  name: (typeof rendered)[number],
  title: string,
  file: Params<'manifest.render'>['path'],
  patches: readonly ManifestPatch[] = [],
): Task {
  return task(name, title, 'kubernetes.apply', { file, patches: withOwnPatches(context, name, patches) });
}

/** Where manifests are made on the control plane, and from what. */
export const MANIFESTS = '/etc/vhive/manifests';
