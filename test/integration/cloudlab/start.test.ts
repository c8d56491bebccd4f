import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CloudlabNode } from '../../support/cloudlab-node.ts';
import { experimentKey, newExperimentKey } from '../../support/experiment-key.ts';

const master = () => CloudlabNode.create('node-0', experimentKey);
const worker = () => CloudlabNode.create('node-1', experimentKey);

describe('the master', () => {
  const asMaster = ['master', 'grow', '2', '--sandbox', 'gvisor'];

  it('brings up the cluster over the LAN of the manifest, and leaves the result', async () => {
    const node = await master();
    const { calls, ...rest } = await node.start(...asMaster);
    expect(rest).toMatchObject({ exitCode: 0, stderr: '', kept: '0', result: { type: 'result', outcome: 'ready' } });
    expect(calls).toContain('vhive-coord up --nodes 2 --timeout 3h --output json --lan 10.10.1.0/24 --sandbox gvisor');
    expect(calls.some((call) => call.startsWith('sudo -n -- '))).toBe(true);
  });

  it('lets in who has the key of the experiment, for the token alone, which no call or log shows', async () => {
    const node = await master();
    const { calls, stdout } = await node.start(...asMaster);
    expect(await node.read('root/var/lib/vhive-join/.ssh/authorized_keys')).toBe(
      'restrict,command="cat /var/lib/vhive-join/token" ssh-rsa AAAA\n',
    );
    expect(await node.read('root/var/lib/vhive-join/token')).toMatch(/^fingerprint\.id\.secret\n[\w+/=]{344}\n$/);
    const seen = [
      ...calls,
      stdout,
      await node.read('root/local/vhive/log'),
      await node.read('root/local/vhive/result.json'),
    ];
    expect(seen.join('\n')).not.toMatch(/secret|PRIVATE/);
  });

  it('does the same after a reboot, with the token of before', async () => {
    const node = await master();
    await node.start(...asMaster);
    const token = await node.read('root/var/lib/vhive-join/token');
    // An exit code of the boot before would be taken for one of this.
    const up = 'ls "$VHIVE_HOST_ROOT/local/vhive" | sed "s/^/there: /" >>"$NODE/calls"; cat "$NODE/up"';
    await node.program('vhive-coord', up, 'repository/bin');
    const again = await node.start(...asMaster);
    expect(again).toMatchObject({ exitCode: 0, kept: '0', result: { outcome: 'ready' } });
    expect(again.calls).toContain('there: result.json');
    expect(again.calls).not.toContain('there: exit-code');
    expect(again.calls.filter((call) => call.startsWith('vhive-coord token'))).toEqual([]);
    expect(await node.read('root/var/lib/vhive-join/token')).toBe(token);
  });

  it('keeps the result of a run that failed, with its exit code', async () => {
    const node = await master();
    await node.write('up', '{"type":"result","outcome":"failed","exitCode":4,"message":"no"}\n');
    await node.write('up-code', '4\n');
    const { exitCode, kept, result } = await node.start(...asMaster);
    expect({ exitCode, kept, result }).toMatchObject({
      exitCode: 4,
      kept: '4',
      result: { outcome: 'failed', message: 'no' },
    });
  });

  it('says so when the program ended without a result', async () => {
    const node = await master();
    await node.write('up', '');
    await node.write('up-code', '137\n');
    const { exitCode, result } = await node.start(...asMaster);
    expect(exitCode).toBe(137);
    expect(result).toMatchObject({
      exitCode: 137,
      outcome: 'failed',
      code: 'internal',
      hint: expect.stringMatching(/log$/),
    });
  });

  it('needs neither a LAN nor a token for a single node', async () => {
    const node = await master();
    await rm(join(node.directory, 'geni'), { recursive: true });
    const { exitCode, calls } = await node.start('master', 'keep', '1');
    expect(exitCode).toBe(0);
    expect(calls).toContain('vhive-coord up --nodes 1 --timeout 3h --output json');
  });
});

describe('a worker', () => {
  it('waits for the token of the master, and installs the agent with it', async () => {
    const [first, node] = [await master(), await worker()];
    await first.start('master', 'grow', '2');
    // The master is not there at first; it answers at the third attempt.
    await node.write(
      'on-ssh',
      `[ "$(grep -c '^ssh ' "$NODE/calls")" -gt 2 ] && cat ${first.directory}/root/var/lib/vhive-join/token\n`,
    );
    const { exitCode, result, calls, stdout } = await node.start('worker', 'grow');
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      exitCode: 0,
      outcome: 'ok',
      message: 'the agent runs, with the coordinator 10.10.1.1',
    });
    expect(calls).toContain('token: fingerprint.id.secret');
    expect(calls).toContain('vhive-agent install --coordinator 10.10.1.1');
    expect(stdout).toContain('waiting for the join token of node-0 (10.10.1.1)');
  });

  it('needs no token any more after a reboot', async () => {
    const node = await worker();
    await node.write('root/etc/vhive/agent-token', 'x');
    const { exitCode, calls } = await node.start('worker', 'grow');
    expect(exitCode).toBe(0);
    expect(calls.filter((call) => /^ssh |geni-get key/.test(call))).toEqual([]);
    expect(calls).toContain('token: ');
  });

  it('takes no token that the key of the experiment has not signed', async () => {
    const stranger = await CloudlabNode.create('node-0', newExperimentKey());
    const [first, node] = [await master(), await worker()];
    for (const one of [stranger, first]) await one.start('master', 'grow', '2');
    const token = (one: CloudlabNode) => `cat ${one.directory}/root/var/lib/vhive-join/token`;
    await node.write(
      'on-ssh',
      `[ "$(grep -c '^ssh ' "$NODE/calls")" = 1 ] && { ${token(stranger)}; exit; }\n${token(first)}\n`,
    );
    const { exitCode, stdout, calls } = await node.start('worker', 'grow');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('what 10.10.1.1 answers is not signed with the key of this experiment');
    expect(calls.filter((call) => call.startsWith('ssh '))).toHaveLength(2);
  });
});

describe('a node that cannot', () => {
  it.each<[string, (node: CloudlabNode) => Promise<unknown>, object]>([
    [
      'has no LAN',
      (node) => node.write('geni/manifest', '<rspec xmlns="x"><node client_id="node-1"/></rspec>'),
      {
        exitCode: 3,
        code: 'preflight',
        message: expect.stringMatching(/node-1 has no LAN: .*no LAN that node-1 and node-0/),
      },
    ],
    [
      'has a manifest that is none',
      (node) => node.write('geni/manifest', 'Internal server error'),
      { exitCode: 3, message: expect.stringMatching(/cannot be read/) },
    ],
    [
      'has no address in its LAN',
      (node) => node.write('ip', '2: eno1    inet 128.110.217.5/21\n'),
      { exitCode: 3, message: expect.stringMatching(/no interface of node-1 .* 10\.10\.1\.2/) },
    ],
    [
      'gets no manifest',
      (node) => rm(join(node.directory, 'geni/manifest')),
      { exitCode: 6, code: 'unreachable', hint: 'type: geni-get manifest' },
    ],
    [
      'gets no key',
      (node) => rm(join(node.directory, 'geni/key')),
      { exitCode: 6, code: 'unreachable', hint: 'type: geni-get key' },
    ],
  ])('%s: says it in the result', async (_, spoil, expected) => {
    const node = await worker();
    await spoil(node);
    const { exitCode, kept, result, calls } = await node.start('worker', 'grow');
    expect(result).toMatchObject({ type: 'result', outcome: 'failed', ...expected });
    expect(String(exitCode)).toBe(kept);
    expect(exitCode).toBe(result.exitCode);
    expect(calls.filter((call) => call.startsWith('vhive-'))).toEqual([]);
  });
});
