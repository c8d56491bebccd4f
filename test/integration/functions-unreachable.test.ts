import { readFile } from 'node:fs/promises';
import { cli } from '@vhive/coordinator/cli/run-cli.fixture';
import { describe, expect, it } from 'vitest';
import { functionBed } from '../support/function-bed.ts';
import { KubernetesServer } from '../support/kubernetes-server.ts';

const bed = functionBed();
const { file, fn } = bed;

describe('a cluster that cannot be reached', () => {
  it('without a kubeconfig: exit code 6, and where it was looked for', async () => {
    const run = await cli(['fn', 'ls'], {}, { HOME: bed.directory });
    expect([run.exitCode, run.stderr]).toEqual([
      6,
      expect.stringContaining(`${bed.directory}/.kube/config, /etc/kubernetes/admin.conf`),
    ]);
    const named = await cli(['fn', 'ls'], {}, { KUBECONFIG: `${bed.directory}/a:${bed.directory}/b` });
    expect([named.exitCode, named.stderr]).toEqual([
      6,
      expect.stringContaining(`${bed.directory}/a, ${bed.directory}/b`),
    ]);
  });

  it('a server that has gone: exit code 6', async () => {
    const kubeconfig = await file('kubeconfig', await readFile(bed.server.kubeconfig, 'utf8'));
    await bed.server[Symbol.asyncDispose]();
    const run = await cli(['fn', 'ls', '--kubeconfig', kubeconfig]);
    expect([run.exitCode, run.stderr]).toEqual([6, expect.stringMatching(/does not answer: .*cannot be reached/)]);
    bed.server = await KubernetesServer.start();
  });

  it('a server that does not let these credentials in: exit code 6', async () => {
    bed.server.refuse = () => ({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
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
