import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubernetesClient } from '@vhive/base/kubernetes/kubernetes-client';
import { cli } from '@vhive/coordinator/cli/run-cli.fixture';
import type { KubernetesObject } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubernetesServer } from '../support/kubernetes-server.ts';
import { Program } from '../support/program.ts';

const object = (apiVersion: string, kind: string, name: string, rest: object = {}) =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest }) as KubernetesObject;
const definition = (group: string, kind: string, plural: string) =>
  ({
    ...object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${plural}.${group}`),
    spec: { group, names: { kind, plural }, scope: 'Namespaced', versions: [{ name: 'v1' }] },
  }) as KubernetesObject;
const knativeService = (name: string, rest: object = {}) => object('serving.knative.dev/v1', 'Service', name, rest);

let server: KubernetesServer;
let directory: string;
/** What the controllers of this cluster make of a function that is applied; by default it becomes Ready. */
let controller: (service: KubernetesObject) => unknown;

const ready = (service: KubernetesObject, host = `${service.metadata.name}.default.functions.example.org`) =>
  server.put({
    ...service,
    status: {
      url: `http://${host}`,
      latestReadyRevisionName: `${service.metadata.name}-00001`,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  } as KubernetesObject);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-functions-'));
  server = await KubernetesServer.start();
  server.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  const api = await createKubernetesClient(server.kubeconfig);
  for (const [kind, plural] of [
    ['Service', 'services'],
    ['Revision', 'revisions'],
  ] as const)
    await api.apply(definition('serving.knative.dev', kind, plural), { dryRun: false });
  await api.apply(definition('eventing.knative.dev', 'Broker', 'brokers'), { dryRun: false });
  controller = (service) => ready(service);
  server.refuse = ({ method, object: applied }) => {
    if (method === 'PATCH' && applied !== undefined && applied.apiVersion !== 'apiextensions.k8s.io/v1')
      setTimeout(() => controller(server.get(applied) ?? applied), 20);
    return undefined;
  };
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const file = async (name: string, text: string) => {
  await mkdir(join(directory, name, '..'), { recursive: true });
  await writeFile(join(directory, name), text);
  return join(directory, name);
};
const yaml = (name: string) =>
  JSON.stringify({
    ...knativeService(name),
    metadata: { name },
    spec: { template: { spec: { containers: [{ image: 'example.org/x' }] } } },
  });
const fn = (...words: string[]) => cli(['fn', ...words, '--kubeconfig', server.kubeconfig], {}, { HOME: directory });
const deploy = (...words: string[]) => fn('deploy', ...words, '--endpoints-file', join(directory, 'endpoints.json'));
const endpoints = async () => JSON.parse(await readFile(join(directory, 'endpoints.json'), 'utf8')) as unknown;
const applied = () =>
  server.requests.filter(({ method }) => method === 'PATCH').map(({ object: each }) => each?.metadata.name);

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
      join(directory, 'files'),
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
    const { spec } = server.get(knativeService('aes-1')) as unknown as { spec: { template: object } };
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
    expect(server.get(knativeService('helloworld'))).toMatchObject({
      spec: { template: { spec: { runtimeClassName: 'gvisor' } } },
    });
  });

  it('one that is not Ready is told with its reason, and is no endpoint; the others stay', async () => {
    controller = (service) => {
      if (service.metadata.name !== 'bad-1') return ready(service);
      const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'RevisionMissing', message: 'waits' }];
      server.put({ ...service, status: { conditions } } as KubernetesObject);
      server.put({
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
    server.put({
      ...knativeService('old', { spec: {} }),
      metadata: { name: 'old', namespace: 'default', generation: 2 },
      status: { url: 'http://old', observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] },
    } as KubernetesObject);
    controller = () => undefined;
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
    const before = server.refuse;
    server.refuse = (seen) =>
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
    expect(server.get(knativeService('after'))).toBeUndefined();
    expect(await endpoints()).toEqual([]);
  });

  it('a file of endpoints that cannot be written is refused before', async () => {
    const run = await fn('deploy', 'helloworld', '--endpoints-file', join(directory, 'no', 'endpoints.json'));
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('there is no directory')]);
  });
});

describe('functions that there are', () => {
  const pod = (name: string, of: string) =>
    server.put({
      ...object('v1', 'Pod', name),
      metadata: { name, namespace: 'default', labels: { 'serving.knative.dev/service': of } },
      spec: { nodeName: 'n2', containers: [{}] },
      status: {
        phase: 'Running',
        containerStatuses: [
          { name: 'user-container', ready: true },
          { name: 'queue-proxy', ready: true },
        ],
      },
    } as KubernetesObject);
  beforeEach(() => {
    ready(knativeService('a-10'));
    ready(knativeService('a-9'));
    server.put(
      knativeService('b', {
        status: { conditions: [{ type: 'Ready', status: 'False', reason: 'RevisionFailed', message: 'no image' }] },
      }),
    );
    pod('a-9-pod', 'a-9');
  });

  it('ls: in order, with pods and reasons', async () => {
    const { stdout } = await fn('ls');
    expect(stdout).toMatch(
      /^FUNCTION +READY +PODS .*\na-9 +yes +1\/1 .*\na-10 +yes +0\/0 .*\nb +no +0\/0 .*\n\nb: RevisionFailed, no image\n$/,
    );
    const lines = (await fn('ls', '-o', 'json')).lines();
    expect(lines.map(({ type }) => type)).toEqual(['function', 'function', 'function', 'result']);
    expect(lines[0]).toMatchObject({ name: 'a-9', ready: true, url: 'http://a-9.default.functions.example.org' });
  });

  it('describe: conditions, pods and nodes', async () => {
    const { stdout } = await fn('describe', 'a-9');
    expect(stdout).toContain('a-9 in namespace default: Ready');
    expect(stdout).toMatch(/a-9-pod +n2 +ready/);
    const missing = await fn('describe', 'a-8');
    expect([missing.exitCode, missing.stderr]).toEqual([
      4,
      expect.stringContaining('there is no function a-8 in namespace default\nhint: did you mean'),
    ]);
  });

  it('logs: what the function prints, and not what Knative’s own container does', async () => {
    server.printed.set('a-9-pod', 'one\ntwo');
    const run = await fn('logs', 'a-9', '--tail', '5');
    expect([run.exitCode, run.stdout]).toEqual([0, 'a-9-pod one\na-9-pod two\n']);
    const asked = server.requests.filter(({ path }) => path.endsWith('/log'));
    expect(asked.map(({ query }) => [query.get('container'), query.get('tailLines')])).toEqual([
      ['user-container', '5'],
    ]);
    const none = await fn('logs', 'a-10');
    expect([none.exitCode, none.stdout, none.stderr]).toEqual([0, '', expect.stringContaining('a-10 has no pods now')]);
    expect((await fn('logs', 'a-8')).exitCode).toBe(4);
  });

  it('logs --follow: goes on with pods that come, and ends with Ctrl-C', async () => {
    server.printed.set('a-9-pod', 'one\n');
    server.printed.set('a-9-second', 'two\n');
    const program = await Program.start('vhive-coord', [
      'fn',
      'logs',
      'a-9',
      '-f',
      '-o',
      'json',
      '--kubeconfig',
      server.kubeconfig,
    ]);
    await program.line('function-log', ({ text }) => text === 'one');
    pod('a-9-second', 'a-9');
    await program.line('function-log', (line) => line.pod === 'a-9-second' && line.text === 'two');
    program.signal('SIGINT');
    expect(await program.result()).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
  });

  it('Ctrl-C of a deploy: ends at once, says what stays, and writes the endpoints that there are', async () => {
    controller = (service) => service.metadata.name === 'c-0' && ready(service);
    const words = ['fn', 'deploy', await file('c.yaml', yaml('c')), '--count', '3', '--concurrency', '2', '-o', 'json'];
    const place = ['--endpoints-file', join(directory, 'endpoints.json'), '--kubeconfig', server.kubeconfig];
    const program = await Program.start('vhive-coord', [...words, ...place]);
    await program.line('function-deployed', ({ name }) => name === 'c-0');
    const told = performance.now();
    program.signal('SIGINT');
    expect(await program.result()).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
    expect(performance.now() - told).toBeLessThan(5_000);
    expect(program.stderr).toContain('what was deployed stays, also the 2 functions');
    expect(await endpoints()).toMatchObject([{ hostname: 'c-0.default.functions.example.org' }]);
  });

  it('delete: waits until the pods are gone too', async () => {
    setTimeout(() => server.remove(object('v1', 'Pod', 'a-9-pod')), 300);
    const started = performance.now();
    const run = await fn('delete', 'a-*');
    expect([run.exitCode, run.stdout]).toEqual([
      0,
      expect.stringMatching(/deleting 2 functions of namespace default\n(.*\n)*a-9 is gone\n/),
    ]);
    expect(performance.now() - started).toBeGreaterThan(290);
    expect([server.get(knativeService('a-9')), server.get(knativeService('b'))]).toEqual([
      undefined,
      expect.anything(),
    ]);
  });

  it('delete: a name that there is not is an error, after the others are gone', async () => {
    const run = await fn('delete', 'a-10', 'nobody');
    expect([run.exitCode, run.stderr]).toEqual([4, expect.stringContaining('there is no function nobody')]);
    expect(server.get(knativeService('a-10'))).toBeUndefined();
  });

  it('delete --all: where there is nothing, that is no error', async () => {
    server.remove(object('v1', 'Pod', 'a-9-pod'));
    expect((await fn('delete', '--all')).exitCode).toBe(0);
    const again = await fn('delete', '--all');
    expect([again.exitCode, again.stdout]).toEqual([
      0,
      'there are no functions in namespace default: nothing to delete\n',
    ]);
  });

  it.each([[['delete']], [['delete', 'a', '--all']], [['delete', 'A/b']], [['describe', 'A']]])(
    '%j: exit code 2',
    async (words) => {
      expect((await fn(...words)).exitCode).toBe(2);
    },
  );

  it('deploy and delete are commands of their own, too', async () => {
    const words = ['--kubeconfig', server.kubeconfig];
    expect(
      (await cli(['deploy', 'helloworld', ...words, '--endpoints-file', join(directory, 'e.json')])).exitCode,
    ).toBe(0);
    expect((await cli(['delete', 'helloworld', ...words])).exitCode).toBe(0);
  });
});

describe('a cluster that cannot be reached', () => {
  it('without a kubeconfig: exit code 6, and where it was looked for', async () => {
    const run = await cli(['fn', 'ls'], {}, { HOME: directory });
    expect([run.exitCode, run.stderr]).toEqual([
      6,
      expect.stringContaining(`${directory}/.kube/config, /etc/kubernetes/admin.conf`),
    ]);
    const named = await cli(['fn', 'ls'], {}, { KUBECONFIG: `${directory}/a:${directory}/b` });
    expect([named.exitCode, named.stderr]).toEqual([6, expect.stringContaining(`${directory}/a, ${directory}/b`)]);
  });

  it('a server that has gone: exit code 6', async () => {
    const kubeconfig = await file('kubeconfig', await readFile(server.kubeconfig, 'utf8'));
    await server[Symbol.asyncDispose]();
    const run = await cli(['fn', 'ls', '--kubeconfig', kubeconfig]);
    expect([run.exitCode, run.stderr]).toEqual([6, expect.stringMatching(/does not answer: .*cannot be reached/)]);
    server = await KubernetesServer.start();
  });

  it('a server that does not let these credentials in: exit code 6', async () => {
    server.refuse = () => ({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    const run = await fn('ls');
    expect([run.exitCode, run.stderr]).toEqual([
      6,
      expect.stringMatching(/lets the credentials of .* not in: Unauthorized/),
    ]);
  });

  it.each(['', 'nonsense', '{"a": ['])('a kubeconfig that is %j: exit code 2', async (text) => {
    const run = await cli(['fn', 'ls', '--kubeconfig', await file('kubeconfig', text)]);
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('kubeconfig')]);
  });
});
