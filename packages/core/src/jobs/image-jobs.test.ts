import { type ClusterFile, type JobRequest, jobRequest, type NodeView } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { exampleInput, exampleNode } from '../plan/example-input.fixture.ts';
import { planOfJob } from './index.ts';
import type { JobContext } from './job.ts';

const ref = 'docker.io/library/app:1';
const target = 'ghcr.io/me/app:esgz';
const credentials = { sealed: 'c2VhbGVk', from: 'X' };
const IN_CLUSTER = 'docker-registry.registry.svc.cluster.local:5000';
const lazy: ClusterFile = { sandbox: 'stock-only', stargz: true };

/** A cluster of these nodes, all of which are chosen but for `chosen`. */
function contextOf(fields: ClusterFile | undefined, chosen?: NodeView[]): JobContext {
  const { config, nodes, controlPlane } = exampleInput(3, fields ?? {});
  return {
    nodes: chosen ?? (nodes as NodeView[]),
    controlPlane: controlPlane as NodeView,
    config: fields === undefined ? undefined : config,
  };
}

const plan = (given: object, context: JobContext) =>
  planOfJob(jobRequest.parse({ nodes: [], ...given }) as JobRequest, context).plan;

describe('an image becomes an eStargz image', () => {
  const job = { kind: 'image-optimize', ref, target, credentials };

  it('in three tasks of one node, by default the master, for its platform', () => {
    const { steps, nodes } = plan(job, contextOf(lazy, []));
    expect(nodes).toEqual(['n1']);
    expect(steps.map(({ executor, tasks }) => [executor, tasks.map(({ action, params }) => [action, params])])).toEqual(
      [
        [
          'n1',
          [
            ['image.pull', { ref, platform: 'linux/amd64' }],
            ['image.optimize', { ref, target, platform: 'linux/amd64' }],
            ['image.publish', { ref: target, target, platform: 'linux/amd64', plainHttp: false, credentials }],
          ],
        ],
      ],
    );
  });

  it('with the credentials for the pull too, where both are in one registry', () => {
    const [step] = plan({ ...job, ref: 'ghcr.io/me/app:1' }, contextOf(lazy, [])).steps;
    expect(step?.tasks[0]?.params).toMatchObject({ credentials });
  });

  it('for another platform, on another node, and is not pushed', () => {
    const arm = exampleNode('n9', 9, { arch: 'arm64' }) as NodeView;
    const [step] = plan({ ...job, push: false }, contextOf(lazy, [arm])).steps;
    expect(step).toMatchObject({ executor: 'n9', tasks: [{ params: { platform: 'linux/arm64' } }, {}] });
    const [other] = plan({ ...job, platform: 'linux/amd64' }, contextOf(lazy, [arm])).steps;
    expect(other?.tasks[1]?.params).toMatchObject({ platform: 'linux/amd64' });
  });

  it.each([
    ['was not brought up', undefined, 'this cluster was not brought up yet'],
    ['has no eStargz', { sandbox: 'stock-only' }, 'this cluster has no eStargz'],
    ['runs microVMs', { sandbox: 'firecracker', stargz: true }, 'with sandbox firecracker'],
  ] as const)('not where the cluster %s', (_title, fields, expected) => {
    expect(() => plan(job, contextOf(fields, []))).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(expected) }),
    );
  });
});

describe('images are put into a registry', () => {
  const digest = `sha256:${'d'.repeat(64)}`;
  const refs = [ref, 'ghcr.io/ease-lab/pyaes:var_workload', ref, `quay.io/a/b@${digest}`];

  it('that of the cluster, each once, under the path that they had', () => {
    const { steps } = plan({ kind: 'image-push', refs }, contextOf({}, []));
    expect(steps.map(({ id, executor }) => [id, executor])).toEqual([
      ['image-push-1/n1', 'n1'],
      ['image-push-2/n1', 'n1'],
      ['image-push-3/n1', 'n1'],
    ]);
    expect(steps.map(({ tasks }) => tasks[1]?.params.target)).toEqual([
      `${IN_CLUSTER}/library/app:1`,
      `${IN_CLUSTER}/ease-lab/pyaes:var_workload`,
      `${IN_CLUSTER}/a/b:${digest.replace(':', '-')}`,
    ]);
    expect(steps[0]?.tasks[0]).toMatchObject({ action: 'image.pull', params: { ref, platform: 'linux/amd64' } });
  });

  it('or another one, with credentials, whether the cluster has one or not', () => {
    const registry = '10.0.0.9:5000/mine';
    const given = { kind: 'image-push', refs: [ref], registry, plainHttp: true, credentials };
    const [step] = plan(given, contextOf({ registry: { local: false } }, [])).steps;
    expect(step?.tasks[1]?.params).toMatchObject({
      ref,
      target: `${registry}/library/app:1`,
      plainHttp: true,
      credentials,
    });
    expect(step?.tasks[0]?.params).not.toHaveProperty('credentials');
  });

  it('not where there is none, and not two of one name', () => {
    expect(() => plan({ kind: 'image-push', refs }, contextOf({ registry: { local: false } }, []))).toThrow(
      /no image registry: registry\.local/,
    );
    const both = ['ghcr.io/a/b:1', 'quay.io/a/b:1'];
    expect(() => plan({ kind: 'image-push', refs: both }, contextOf({}, []))).toThrow(
      `ghcr.io/a/b:1 and quay.io/a/b:1 would both become ${IN_CLUSTER}/a/b:1`,
    );
  });
});

describe('images are on nodes before they are used', () => {
  it('fetched once for each architecture, and imported from there by each node', () => {
    const arm = exampleNode('n9', 9, { arch: 'arm64' });
    const nodes = [...exampleInput(2).nodes, arm] as NodeView[];
    const insecure = { registry: { insecure: ['10.0.0.9:5000'] } };
    const { steps } = plan(
      { kind: 'image-preload', refs: [ref, '10.0.0.9:5000/b:1', ref] },
      contextOf(insecure, nodes),
    );
    const fetched = steps.filter(({ executor }) => executor === '@coordinator');
    expect(fetched.map(({ tasks }) => tasks[0]?.params)).toEqual(
      ['amd64', 'arm64'].flatMap((arch) => [
        { ref, arch, optional: false, insecure: false },
        { ref: '10.0.0.9:5000/b:1', arch, optional: false, insecure: true },
      ]),
    );
    const imported = steps.filter(({ executor }) => executor !== '@coordinator');
    expect(imported.map(({ id, tasks }) => [id, tasks.length])).toEqual([
      ['image-preload/n1', 2],
      ['image-preload/n2', 2],
      ['image-preload/n9', 2],
    ]);
    const ids = steps.map(({ id }) => id);
    for (const step of imported) for (const need of step.needs) expect(ids).toContain(need);
    expect(imported[2]?.tasks[0]?.params.archive).toMatchObject({ $output: { step: fetched[2]?.id } });
  });

  it('not where there is no cluster yet', () => {
    expect(() => plan({ kind: 'image-preload', refs: [ref] }, contextOf(undefined))).toThrow(/not brought up yet/);
  });
});

it.each([
  { kind: 'image-preload', refs: [] },
  { kind: 'image-preload', refs: ['Not A Reference'] },
  { kind: 'image-optimize', ref, target: '-u root', nodes: [] },
  { kind: 'image-optimize', ref, target, platform: 'linux/amd64 --user x' },
  { kind: 'image-optimize', ref, target, nodes: ['n1', 'n2'] },
  { kind: 'image-push', refs: [ref], registry: '--user=x' },
])('a request that makes no sense is refused: %j', (given) => {
  expect(jobRequest.safeParse({ nodes: [], ...given }).success).toBe(false);
});
