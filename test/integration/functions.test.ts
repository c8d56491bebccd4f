import { join } from 'node:path';
import { cli } from '@vhive/coordinator/cli/run-cli.fixture';
import type { KubernetesObject } from '@vhive/shared';
import { beforeEach, describe, expect, it } from 'vitest';
import { functionBed, knativeService, object, yaml } from '../support/function-bed.ts';
import { Program } from '../support/program.ts';

const bed = functionBed();
const { endpoints, file, fn, ready } = bed;

describe('functions that there are', () => {
  const pod = (name: string, of: string) =>
    bed.server.put({
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
    bed.server.put(
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
    bed.server.printed.set('a-9-pod', 'one\ntwo');
    const run = await fn('logs', 'a-9', '--tail', '5');
    expect([run.exitCode, run.stdout]).toEqual([0, 'a-9-pod one\na-9-pod two\n']);
    const asked = bed.server.requests.filter(({ path }) => path.endsWith('/log'));
    expect(asked.map(({ query }) => [query.get('container'), query.get('tailLines')])).toEqual([
      ['user-container', '5'],
    ]);
    const none = await fn('logs', 'a-10');
    expect([none.exitCode, none.stdout, none.stderr]).toEqual([0, '', expect.stringContaining('a-10 has no pods now')]);
    expect((await fn('logs', 'a-8')).exitCode).toBe(4);
  });

  it('logs --follow: goes on with pods that come, and ends with Ctrl-C', async () => {
    bed.server.printed.set('a-9-pod', 'one\n');
    bed.server.printed.set('a-9-second', 'two\n');
    const program = await Program.start('vhive-coord', [
      'fn',
      'logs',
      'a-9',
      '-f',
      '-o',
      'json',
      '--kubeconfig',
      bed.server.kubeconfig,
    ]);
    await program.line('function-log', ({ text }) => text === 'one');
    pod('a-9-second', 'a-9');
    await program.line('function-log', (line) => line.pod === 'a-9-second' && line.text === 'two');
    program.signal('SIGINT');
    expect(await program.result()).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
  });

  it('Ctrl-C of a deploy: ends at once, says what stays, and writes the endpoints that there are', async () => {
    bed.controller = (service) => service.metadata.name === 'c-0' && ready(service);
    const words = ['fn', 'deploy', await file('c.yaml', yaml('c')), '--count', '3', '--concurrency', '2', '-o', 'json'];
    const place = ['--endpoints-file', join(bed.directory, 'endpoints.json'), '--kubeconfig', bed.server.kubeconfig];
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
    setTimeout(() => bed.server.remove(object('v1', 'Pod', 'a-9-pod')), 300);
    const started = performance.now();
    const run = await fn('delete', 'a-*');
    expect([run.exitCode, run.stdout]).toEqual([
      0,
      expect.stringMatching(/deleting 2 functions of namespace default\n(.*\n)*a-9 is gone\n/),
    ]);
    expect(performance.now() - started).toBeGreaterThan(290);
    expect([bed.server.get(knativeService('a-9')), bed.server.get(knativeService('b'))]).toEqual([
      undefined,
      expect.anything(),
    ]);
  });

  it('delete: a name that there is not is an error, after the others are gone', async () => {
    const run = await fn('delete', 'a-10', 'nobody');
    expect([run.exitCode, run.stderr]).toEqual([4, expect.stringContaining('there is no function nobody')]);
    expect(bed.server.get(knativeService('a-10'))).toBeUndefined();
  });

  it('delete --all: where there is nothing, that is no error', async () => {
    bed.server.remove(object('v1', 'Pod', 'a-9-pod'));
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
    const words = ['--kubeconfig', bed.server.kubeconfig];
    expect(
      (await cli(['deploy', 'helloworld', ...words, '--endpoints-file', join(bed.directory, 'e.json')])).exitCode,
    ).toBe(0);
    expect((await cli(['delete', 'helloworld', ...words])).exitCode).toBe(0);
  });
});
