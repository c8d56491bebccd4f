import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { directoryTree, type TreeEntry } from '../support/directory-tree.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** What no log, event or argument list may hold, and no file that others can read. */
const secretForms = {
  'kubeadm token': /(?<![a-z0-9.])[a-z0-9]{6}\.[a-z0-9]{16}(?![a-z0-9.])/,
  'join token': /[0-9a-f]{64}\.[a-z0-9]{8}\.[a-z0-9]{32}/,
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'nkey seed': /(?<![A-Z2-7])S[ACOUNX][A-Z2-7]{56}(?![A-Z2-7])/,
};

function secretsIn(text: string): string[] {
  return Object.entries(secretForms).flatMap(([name, form]) => (form.test(text) ? [name] : []));
}

let cluster: SimulatedCluster;
/** The secret of the join token with which the agents enrolled. */
let joinSecret: string;
let operatorToken: string;
/** The argument lists of all processes in the middle of a join. */
let processes: string[];
/** The files on the hosts that hold kubeadm's bootstrap token in the middle of a join. */
let tokenFiles: TreeEntry[];
let said: string;

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  const coordinator = await cluster.serve(['--log-level', 'trace']);
  const token = await cluster.token();
  joinSecret = token.split('.')[2] ?? '';
  operatorToken = (await readFile(join(cluster.stateDir, 'operator-token'), 'utf8')).trim();
  const agents = await Promise.all([1, 2].map((number) => cluster.agent(number, { VHIVE_TOKEN: token })));
  await cluster.faults('sim-2', [{ command: 'kubeadm join', effect: 'hang' }]);
  const up = await cluster.up(2);
  // By then its configuration is written, because the command itself is the last thing that happens.
  await cluster.printed('sim-2', '(simulated) kubeadm join');
  processes = await argumentLists([coordinator, up, ...agents].map(({ pid }) => pid));
  tokenFiles = (await directoryTree(cluster.simulation)).filter((entry) => secretsOf(entry).includes('kubeadm token'));
  await cluster.faults('sim-2', []);
  expect(await up.result()).toMatchObject({ outcome: 'ready', exitCode: 0 });
  said = [coordinator, up, ...agents].map(({ stdout, stderr }) => stdout + stderr).join('\n');
});
afterAll(() => cluster.stop());

/** Returns the argument lists of these processes and all their descendants. */
async function argumentLists(pids: readonly number[]): Promise<string[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of all) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The name of a process may contain anything, so only what follows its last bracket is read: the state and the
    // parent.
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pids.includes(pid) || isOurs(parents.get(pid)));
  const lists = all.filter(isOurs).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lists)).map((list) => list.replaceAll('\0', ' '));
}

it('knows a secret when it sees one', () => {
  expect(secretsIn('kubeadm join --token abcdef.0123456789abcdef')).toEqual(['kubeadm token']);
  expect(secretsIn(`${'ab'.repeat(32)}.abcdefgh.${'a1'.repeat(16)}`)).toEqual(['join token']);
  expect(secretsIn('-----BEGIN EC PRIVATE KEY-----')).toEqual(['private key']);
});

it('argument lists: nothing', () => {
  for (const name of ['coordinator/src/main.ts serve', 'agent/src/main.ts run', 'nats-server'])
    expect(processes.filter((argv) => argv.includes(name))).not.toEqual([]);
  for (const argv of processes) {
    expect(secretsIn(argv)).toEqual([]);
    expect(argv).not.toContain(joinSecret);
    expect(argv).not.toContain(operatorToken);
  }
});

it('the kubeadm token of a join: in one file of the joining host while it joins, its owner’s alone', () => {
  expect(tokenFiles.map(({ path, mode }) => [path.split('/')[0], mode.toString(8)])).toEqual([['sim-2', '600']]);
});

it('events, logs and what every program said, the coordinator at its most talkative: nothing', async () => {
  const client = await cluster.client();
  const runId = (await client.status()).run?.runId ?? '';
  const events = JSON.stringify(await cluster.events(runId));
  // The secret is in the events, but sealed for the worker.
  expect(events).toContain('"sealed":');
  const directory = join(cluster.directory, 'exported');
  await cluster.run(['logs', '--export', directory]);
  const exported = (await directoryTree(directory)).map(({ content }) => content?.toString() ?? '').join('\n');
  expect(exported).toContain('(simulated) kubeadm join');
  const api = JSON.stringify([await client.status(), await client.tokens(), await client.nodes()]);
  for (const text of [events, exported, said, api]) {
    expect(secretsIn(text)).toEqual([]);
    expect(text).not.toContain(joinSecret);
    expect(text).not.toContain(operatorToken);
  }
});

it('files: secrets are their owner’s alone, and no kubeadm token or join secret is written anywhere', async () => {
  const trees = { coordinator: cluster.stateDir, agents: join(cluster.directory, 'agents'), hosts: cluster.simulation };
  const found: Record<string, string[]> = {};
  for (const [owner, directory] of Object.entries(trees)) {
    for (const entry of await directoryTree(directory)) {
      const secrets = secretsOf(entry);
      if (secrets.length === 0) continue;
      found[`${owner}/${entry.path}`] = secrets;
      expect([entry.path, (entry.mode & 0o077).toString(8)]).toEqual([entry.path, '0']);
    }
  }
  expect(Object.entries(found).filter(([, secrets]) => secrets.some((name) => /token|join/.test(name)))).toEqual([
    ['coordinator/operator-token', ['operator token']],
  ]);
  expect(Object.keys(found)).toEqual(
    expect.arrayContaining(['coordinator/authority.json', 'agents/sim-1/identity.json', 'agents/sim-2/identity.json']),
  );
});

function secretsOf({ content }: TreeEntry): string[] {
  const text = content?.toString('latin1') ?? '';
  return [
    ...secretsIn(text),
    ...(text.includes(joinSecret) ? ['join secret'] : []),
    ...(text.includes(operatorToken) ? ['operator token'] : []),
  ];
}

it('state directories are closed to others', async () => {
  for (const directory of [cluster.stateDir, cluster.agentStateDir('sim-1'), cluster.agentStateDir('sim-2')]) {
    const [own] = (await directoryTree(join(directory, '..'))).filter(({ path }) => directory.endsWith(`/${path}`));
    expect([directory, own?.mode.toString(8)]).toEqual([directory, '700']);
  }
});
