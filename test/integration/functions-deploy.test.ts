import { join } from 'node:path';
import type { KubernetesObject } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { functionBed, knativeService, object, yaml } from '../support/function-bed.ts';

const bed = functionBed();
const { applied, deploy, endpoints, file, fn, ready } = bed;

describe('fn deploy', () => {
  it('deploys the copies of functions.json and writes where the cluster says that they are', async () => {
    await file('files/aes.yaml', yaml('any'));
    const list = await file(
      'functions.json',
      JSON.stringify({ functions: [{ name: 'aes', file: 'aes.yaml', count: 3 }] }),
    );
    const run = await deploy(
      '--functions',
      list,
      '--func-dir',
      join(bed.directory, 'files'),
      '--env',
      'A=1,2',
      '-o',
      'json',
    );
    expect(run.lines().at(-1)).toMatchObject({ type: 'result', outcome: 'ok', exitCode: 0 });
    expect(await endpoints()).toEqual(
      [0, 1, 2].map((index) => ({
        hostname: `aes-${index}.default.functions.example.org`,
        eventing: false,
        matchers: null,
      })),
    );
    const { spec } = bed.server.get(knativeService('aes-1')) as unknown as { spec: { template: object } };
    expect(spec.template).toMatchObject({
      metadata: { annotations: { 'autoscaling.knative.dev/target': '1' } },
      spec: { containers: [{ env: [{ name: 'A', value: '1,2' }] }] },
    });
  });

  it('a shipped function by its name, for the sandbox that is asked for', async () => {
    const run = await deploy('helloworld', '--sandbox', 'gvisor', '--min-scale', '1');
    expect([run.exitCode, run.stdout]).toEqual([
      0,
      expect.stringMatching(/helloworld: Ready after .* s, http:\/\/helloworld\.default\.functions\.example\.org/),
    ]);
    expect(bed.server.get(knativeService('helloworld'))).toMatchObject({
      spec: { template: { spec: { runtimeClassName: 'gvisor' } } },
    });
  });

  it('on nodes with a label, where there are such nodes, and Knative lets functions choose', async () => {
    const node = (name: string, labels: object) =>
      bed.server.put({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } } as KubernetesObject);
    node('n1', { role: 'master' });
    node('n2', { role: 'worker' });
    const wanted = ['helloworld', '--sandbox', 'stock-only', '--node-selector'];
    const unknown = await deploy(...wanted, 'role=none');
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('no node has role=none. The nodes are n1 (role=master), n2 (role=worker)'),
    ]);
    const refused = await deploy(...wanted, 'role=worker');
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/does not let functions choose nodes.*\n.*kubernetes\.podspec-nodeselector: enabled/),
    ]);
    expect(bed.server.get(knativeService('helloworld'))).toBeUndefined();
    bed.server.put({
      ...object('v1', 'ConfigMap', 'config-features', { data: { 'kubernetes.podspec-nodeselector': 'enabled' } }),
      metadata: { name: 'config-features', namespace: 'knative-serving' },
    } as KubernetesObject);
    expect((await deploy(...wanted, 'role=worker')).exitCode).toBe(0);
    expect(bed.server.get(knativeService('helloworld'))).toMatchObject({
      spec: { template: { spec: { nodeSelector: { role: 'worker' } } } },
    });
  });

  it('one that is not Ready is told with its reason, and is no endpoint; the others stay', async () => {
    bed.controller = (service) => {
      if (service.metadata.name !== 'bad-1') return ready(service);
      const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'RevisionMissing', message: 'waits' }];
      bed.server.put({ ...service, status: { conditions } } as KubernetesObject);
      bed.server.put({
        ...object('v1', 'Pod', 'bad-1-pod'),
        metadata: { name: 'bad-1-pod', namespace: 'default', labels: { 'serving.knative.dev/service': 'bad-1' } },
        status: {
          phase: 'Pending',
          containerStatuses: [
            { name: 'user-container', state: { waiting: { reason: 'InvalidImageName', message: 'no such name' } } },
          ],
        },
      } as KubernetesObject);
    };
    const run = await deploy(await file('bad.yaml', yaml('bad')), '--count', '3', '--timeout', '60s');
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toMatch(
      /2 of 3 functions are Ready; failed:\s+bad-1: pod default\/bad-1-pod .*InvalidImageName/,
    );
    expect(await endpoints()).toMatchObject(
      [{ hostname: /^bad-0/ }, { hostname: /^bad-2/ }].map(() => ({ hostname: expect.stringMatching(/^bad-[02]\./) })),
    );
  }, 30_000);

  it('what was Ready before is not taken for what was applied now', async () => {
    bed.server.put({
      ...knativeService('old', { spec: {} }),
      metadata: { name: 'old', namespace: 'default', generation: 2 },
      status: { url: 'http://old', observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] },
    } as KubernetesObject);
    bed.controller = () => undefined;
    const run = await deploy(await file('old.yaml', yaml('old')), '--timeout', '1s');
    expect([run.exitCode, run.stderr]).toEqual([4, expect.stringContaining('old: not Ready within 1 s')]);
    expect(await endpoints()).toEqual([]);
  });

  it('an eventing workflow: in order, with the function that begins it as endpoint', async () => {
    const broker = JSON.stringify({
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { name: 'default' },
    });
    await file('chain/1-services.yaml', [yaml('chain'), yaml('consumer')].join('\n---\n'));
    await file('chain/2-broker.yaml', broker);
    const list = await file(
      'functions.json',
      JSON.stringify({ functions: [{ name: 'chain', eventing: true, applyScript: 'chain' }] }),
    );
    expect((await deploy('--functions', list)).exitCode).toBe(0);
    expect(applied().slice(-3)[0]).toBe('default');
    expect(await endpoints()).toEqual([
      { hostname: 'chain.default.functions.example.org', eventing: true, matchers: null },
    ]);
  });

  it('refuses a script, and runs none', async () => {
    await file('apply.sh', 'touch ran');
    const list = await file(
      'functions.json',
      JSON.stringify({ functions: [{ name: 'chain', eventing: true, applyScript: 'apply.sh' }] }),
    );
    const run = await deploy('--functions', list);
    expect([run.exitCode, run.stderr]).toEqual([
      2,
      expect.stringMatching(
        /functions\.json:1: .*deployed by a script, and vhive-coord runs none\nhint: name the directory/,
      ),
    ]);
  });

  it.each([
    [['hellowrld'], 'did you mean helloworld?'],
    [['no.yaml'], 'no.yaml: there is no such file'],
    [['--functions', 'no.json'], 'no.json: there is no such file'],
    [['--func-dir', '.'], 'needs functions.json'],
    [['helloworld', '--count', '0'], 'is invalid. Must be from 1 to 10000'],
    [['helloworld', '--env', 'A'], 'Must be NAME=VALUE'],
    [['helloworld', '--namespace', 'Not_One'], 'is invalid'],
    [['helloworld', '--namespace', 'elsewhere'], 'there is no namespace elsewhere'],
    [['helloworld', 'helloworld', '--sandbox', 'gvisor'], 'is there twice'],
    [['helloworld-esgz', '--sandbox', 'gvisor'], 'does not run in gvisor'],
  ])('%j: exit code 2, and nothing is applied', async (words, message) => {
    const before = applied().length;
    const run = await deploy(...words);
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(applied()).toHaveLength(before);
  });

  it('says where functions are that are not below the gateway of vSwarm’s scripts', async () => {
    const run = await deploy(
      'helloworld',
      '-gatewayURL',
      '192.168.1.240.sslip.io',
      '-conc',
      '2',
      '-namespace',
      'default',
    );
    expect([run.exitCode, run.stdout]).toEqual([
      0,
      expect.stringContaining('not below 192.168.1.240.sslip.io, but at helloworld.default.functions'),
    ]);
  });

  it('an object that the server refuses is told with its words, and nothing is deployed after it', async () => {
    const before = bed.server.refuse;
    bed.server.refuse = (seen) =>
      seen.object?.kind === 'Broker'
        ? { code: 422, reason: 'Invalid', message: 'Broker is invalid: spec' }
        : before(seen);
    const broker = JSON.stringify({
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { name: 'default' },
    });
    const run = await deploy(await file('both.yaml', [broker, yaml('after')].join('\n---\n')));
    expect([run.exitCode, run.stderr]).toEqual([
      4,
      expect.stringContaining('Broker default/default: refused: Broker is invalid: spec'),
    ]);
    expect(bed.server.get(knativeService('after'))).toBeUndefined();
    expect(await endpoints()).toEqual([]);
  });

  it('a file of endpoints that cannot be written is refused before', async () => {
    const run = await fn('deploy', 'helloworld', '--endpoints-file', join(bed.directory, 'no', 'endpoints.json'));
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('there is no directory')]);
  });
});
