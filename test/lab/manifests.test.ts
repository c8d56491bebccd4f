import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '@vhive/agent/actions/kubernetes/manifest';
import { buildPlan } from '@vhive/core/plan/build-plan';
import { exampleInput } from '@vhive/core/plan/example-input.fixture';
import { labClusterFile } from '@vhive/lab/cluster/cluster-file';
import { defaultLabDirectories } from '@vhive/lab/index';
import { ensureLabMirror } from '@vhive/lab/tree/index';
import { type ClusterFile, clusterFile, type KubernetesObject } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type AppliedManifest, type ManifestReader, manifestsOfPlan } from '../support/manifests-of-plan.ts';
import { missingIn } from '../support/missing-in.ts';
import { planVariants } from '../support/plan-variants.ts';
import { smallManifest, smallManifestNames } from '../support/small-manifests.ts';
import { waitedFor } from '../support/waited-for.ts';

// These tests look at what plans make of the manifests in the lab's mirror tree, at the versions of the lab and at
// those of the catalogue. Every real manifest that the tree has is tried with every patch. For those it lacks, the
// small ones stand in.

const log = (line: string) => process.stderr.write(`lab: ${line}\n`);
const tree = await ensureLabMirror({ cacheDir: defaultLabDirectories().cacheDir, log });

const ofTheLab = clusterFile.parse(
  parse(labClusterFile(1, { versions: tree.versions, compiled: tree.source === 'compile' })),
).versions;
const planOf = (count: number, fields: ClusterFile, versions: ClusterFile['versions']) =>
  buildPlan(exampleInput(count, { ...fields, ...(versions === undefined ? {} : { versions }) }));

/** The manifests by address. Each is parsed once, since patching leaves what it is given as it is. */
const parsed = new Map<string, KubernetesObject[]>();
const inTree = (address: string | undefined): KubernetesObject[] | undefined => {
  if (address === undefined || !existsSync(join(tree.dir, address))) return undefined;
  const objects = parsed.get(address) ?? parseManifest(readFileSync(join(tree.dir, address), 'utf8'), address);
  parsed.set(address, objects);
  return objects;
};

/** Returns the manifests of a plan. `tried` names those that the mirror tree has. */
function manifestsInTree(plan: ReturnType<typeof buildPlan>) {
  const tried: string[] = [];
  const read: ManifestReader = ({ name, address }) => {
    const objects = inTree(address);
    if (objects !== undefined) tried.push(name);
    return objects ?? (smallManifestNames.includes(name) ? smallManifest(name) : undefined);
  };
  return { ...manifestsOfPlan(plan, read), tried };
}
const has = (manifests: readonly AppliedManifest[], kind: string, namespace: string | undefined, name: string) =>
  manifests.some(({ objects }) =>
    objects.some(
      ({ kind: its, metadata }) => its === kind && metadata.name === name && metadata.namespace === namespace,
    ),
  );

/** Returns the images of the containers of a workload. */
function imagesOf({ spec }: KubernetesObject): string[] {
  const pod = (spec as { template?: { spec?: { containers?: { image?: string }[] } } } | undefined)?.template?.spec;
  return (pod?.containers ?? []).flatMap(({ image }) => (image === undefined ? [] : [image]));
}

describe.each([
  ['the lab', ofTheLab],
  ['the catalogue', undefined],
])('with the versions of %s', (_, versions) => {
  it.each(planVariants)('patches of %s all find what they change', (_title, count, fields) => {
    const { absent } = manifestsInTree(planOf(count, fields, versions));
    expect(absent.filter((name) => name !== 'domain')).toEqual([]);
  });

  it.each(planVariants)('manifests of %s have what the plan waits for', (_title, count, fields) => {
    const plan = planOf(count, fields, versions);
    const { applied } = manifestsInTree(plan);
    const targets = waitedFor(plan);
    expect(targets.filter(({ kind, namespace, name }) => !has(applied, kind, namespace, name))).toEqual([]);
    expect(targets.length).toBeGreaterThan(25);
  });
});

it('the tree has the manifests that a cluster of the lab applies', () => {
  const { tried } = manifestsInTree(planOf(2, { extras: { metricsServer: true } }, ofTheLab));
  expect(tried).toEqual(
    expect.arrayContaining([
      ...['metallb-native', 'serving-crds', 'serving-core', 'net-istio'],
      ...['eventing-crds', 'eventing-core', 'in-memory-channel', 'mt-channel-broker'],
      'metrics-server',
    ]),
  );
});

it('the tree has the image of every container that a cluster of the lab runs', () => {
  const { applied, tried } = manifestsInTree(planOf(2, { extras: { metricsServer: true } }, ofTheLab));
  // Calico's and Istio's are small ones: of the first the tree has nothing, and istioctl writes the other's on the master.
  const ofTree = applied.filter(({ name }) => tried.includes(name));
  const images = ofTree.flatMap(({ objects }) => objects.flatMap(imagesOf));
  const missing = images.filter((image) => !tree.images.includes(image));
  expect([...new Set(missing)]).toEqual([]);
  expect(images.length).toBeGreaterThan(15);
});

it('a small manifest has no object and no field that the real one in the tree lacks', () => {
  const plan = planOf(2, { extras: { metricsServer: true, nvidia: true } }, undefined);
  const missing: string[] = [];
  manifestsOfPlan(plan, ({ name, address }) => {
    const real = inTree(address);
    if (real !== undefined) missing.push(...missingIn(real, smallManifest(name)).map((what) => `${name}: ${what}`));
    return smallManifestNames.includes(name) ? smallManifest(name) : undefined;
  });
  expect(missing).toEqual([]);
});
