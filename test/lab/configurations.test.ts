import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinConfiguration } from '@vhive/agent/actions/kubeadm/configuration/join-configuration';
import { withTimeouts } from '@vhive/agent/actions/kubeadm/configuration/timeouts';
import { mirrorPath } from '@vhive/coordinator/artifacts/sources/mirror-tree';
import { buildPlan } from '@vhive/core/plan/build-plan';
import { exampleInput } from '@vhive/core/plan/example-input.fixture';
import { defaultLabDirectories } from '@vhive/lab/index';
import { ensureLabMirror } from '@vhive/lab/tree/index';
import { type ClusterFile, coordinatorActions, type Task } from '@vhive/shared';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { planVariants } from '../support/plan-variants.ts';

// What plans give kubeadm, kubelets and containerd to read is read here by kubeadm and containerd of the lab's mirror
// tree. Both name every field that they do not know.

const log = (line: string) => process.stderr.write(`lab: ${line}\n`);
const tree = await ensureLabMirror({ cacheDir: defaultLabDirectories().cacheDir, log });
const { kubernetes, containerd } = tree.versions;

/** Clusters whose configurations differ in what those of the patches have in common. */
const variants: readonly (readonly [string, number, ClusterFile])[] = [
  ...planVariants,
  ['more pods and longer logs', 2, { kubernetes: { maxPods: 240, containerLogMaxSize: '512Mi' } }],
  ['another size of nodes’ ranges', 2, { network: { nodePrefix: 23 } }],
  [
    'IPVS and other images',
    2,
    { kubernetes: { imageRepository: 'a.example/k8s', kubeProxyConfiguration: { mode: 'ipvs' } } },
  ],
  ['eStargz', 2, { sandbox: 'stock-only', stargz: true }],
];

/** Returns the tasks of a variant's plan on hosts with that cgroup version. */
function tasksOf(count: number, fields: ClusterFile, cgroupVersion: 1 | 2): Task[] {
  const input = exampleInput(count, { ...fields, versions: { kubernetes, containerd } });
  const nodes = input.nodes.map((node) => ({ ...node, facts: { ...node.facts, cgroupVersion } }));
  const [controlPlane = input.controlPlane] = nodes;
  return buildPlan({ ...input, nodes, controlPlane }).steps.flatMap(({ tasks }) => tasks);
}

/** Returns where the tree has what a task fetches. */
function inTree(name: string): string {
  const fetched = tasksOf(1, { sandbox: 'stock-only' }, 2)
    .filter(({ action }) => action === 'artifact.fetch')
    .map(({ params }) => coordinatorActions['artifact.fetch'].params.parse(params))
    .find((params) => params.name === name);
  if (fetched === undefined) throw new Error(`the plan fetches no ${name}`);
  return join(tree.dir, mirrorPath(fetched.url));
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-configurations-'));
  await execa('tar', ['-xf', inTree('containerd'), '-C', directory]);
});
afterAll(() => rm(directory, { recursive: true }));

/** The documents that a task gives kubeadm, as the agent writes them; undefined where it gives none. */
function kubeadmDocuments({ action, params }: Task): unknown[] | undefined {
  if (action === 'kubeadm.init') return params.configuration as unknown[];
  if (action !== 'kubeadm.join') return undefined;
  const caCertHash = `sha256:${'a'.repeat(64)}`;
  const known = { ...params, endpoint: '10.10.0.1:6443', caCertHash } as Parameters<typeof joinConfiguration>[0];
  return [joinConfiguration(known, 'abcdef.0123456789abcdef')];
}

/** Writes a text and returns its path. */
async function file(text: string): Promise<string> {
  const path = join(directory, 'configuration');
  await writeFile(path, text);
  return path;
}

const cases = variants.flatMap(([title, count, fields]) =>
  ([1, 2] as const).map((cgroupVersion) => [title, cgroupVersion, count, fields] as const),
);

it.each(cases)('kubeadm takes what a cluster of %s gives it (cgroup version %i)', async (_, version, count, fields) => {
  const documents = tasksOf(count, fields, version).flatMap((task) => {
    const found = kubeadmDocuments(task);
    // Half of the cases are those of a host that is ten times slower.
    const texts = found?.map((document) => stringify(withTimeouts(document, version === 1 ? 1 : 10)));
    return texts === undefined ? [] : [texts.join('---\n')];
  });
  expect(documents).toHaveLength(count);
  for (const text of documents) {
    const { exitCode, stderr } = await execa(inTree('kubeadm'), ['config', 'validate', '--config', await file(text)], {
      reject: false,
    });
    expect({ exitCode, stderr, text }).toEqual({ exitCode: 0, stderr: '', text });
  }
});

it.each(cases)(
  'containerd knows all that a cluster of %s sets (cgroup version %i)',
  async (_, version, count, fields) => {
    const texts = tasksOf(count, fields, version).flatMap(({ params }) =>
      params.path === '/etc/containerd/config.toml' ? [String(params.content)] : [],
    );
    expect(texts).toHaveLength(count);
    for (const text of new Set(texts)) {
      const argv = ['--config', await file(text), 'config', 'dump'];
      const { exitCode, stderr } = await execa(join(directory, 'bin/containerd'), argv, { reject: false });
      expect({ exitCode, stderr, text }).toEqual({ exitCode: 0, stderr: '', text });
    }
  },
);
