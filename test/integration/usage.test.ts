import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { createRealHost } from '@vhive/agent/host/real-host';
import { jwtAllows } from '@vhive/agent/transport/enrolment/identity';
import { UsageWatch } from '@vhive/coordinator/nodes/usage-watch';
import type { UsageMessage } from '@vhive/shared';
import { agentPermissions, agentSubject, SPOKEN_CHANNELS } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentBed, startAgentBed } from '../support/agent-bed.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

describe('real agents', () => {
  let bed: AgentBed;
  let watch: UsageWatch;
  beforeEach(async () => {
    bed = await startAgentBed();
    const { nodes, link } = bed;
    watch = new UsageWatch({ nodes, sendCommand: (node, command, how) => link.sendCommand(node, command, how) });
    link.hearUsage((node, sample) => watch.heard(node, sample));
  });
  afterEach(() => bed.stop());

  const join = async (node: string) => {
    const agent = await bed.agent(node, { host: createRealHost(), actions: {}, token: await bed.token() });
    await agent.registered;
  };

  /** The first messages that a listener hears. */
  async function heard(count: number, names?: string[]): Promise<UsageMessage[]> {
    const enough = new AbortController();
    const messages: UsageMessage[] = [];
    for await (const message of watch.watch(names, enough.signal)) if (messages.push(message) === count) enough.abort();
    return messages;
  }

  it('tell what their hosts use, once per second, while somebody listens', async () => {
    await Promise.all(['n1', 'n2'].map(join));
    const both = await heard(6);
    expect(new Set(both.map(({ node }) => node))).toEqual(new Set(['n1', 'n2']));
    for (const node of ['n1', 'n2']) {
      const told = both.flatMap((one) => (one.node === node && one.type === 'usage' ? [one.sample] : []));
      expect(told.length).toBeGreaterThanOrEqual(2);
      const times = told.map(({ at }) => Date.parse(at));
      for (const [index, { seconds, memoryBytes, network }] of told.entries()) {
        expect(memoryBytes).toBeGreaterThan(0);
        const { address } = bed.nodes.view(node) ?? {};
        const own = networkInterfaces()[network?.interface ?? ''] ?? [];
        expect(own.map((one) => one.address)).toContain(address);
        const before = times[index - 1];
        if (before !== undefined) expect(((times[index] ?? 0) - before) / 1_000).toBeCloseTo(seconds, 1);
      }
    }
    expect(await heard(2, ['n2'])).toMatchObject([{ node: 'n2' }, { node: 'n2' }]);
  });

  it('that know no such question are named, with the likely reason', async () => {
    await join('n1');
    // An agent of an earlier version drops what it does not know.
    const silent = new UsageWatch({
      nodes: bed.nodes,
      sendCommand: async (_, __, { signal }) => {
        await once(signal, 'abort');
        throw signal.reason;
      },
    });
    const enough = new AbortController();
    for await (const message of silent.watch(undefined, enough.signal)) {
      expect(message).toMatchObject({ type: 'no-usage', node: 'n1', reason: /older version/ });
      enough.abort();
    }
  });

  it('get new credentials with a heartbeat where those of an earlier version do not allow it', async () => {
    await join('n1');
    const record = bed.nodes.record('n1');
    if (record === undefined) throw new Error('it has joined');
    expect(record.jwtChannels).toBe(SPOKEN_CHANNELS);
    // As an earlier version left it.
    record.jwtChannels = undefined;
    await expect.poll(() => bed.nodes.record('n1')?.jwtChannels, { timeout: 20_000 }).toBe(SPOKEN_CHANNELS);
    const { jwt } = await bed.nats.authority.agentJwt('n1', record.publicKey);
    expect(jwtAllows(jwt, agentSubject('test', 'n1', 'use'))).toBe(true);
    expect(jwtAllows(jwt, agentSubject('test', 'n2', 'use'))).toBe(false);
    for (const other of ['', 'a.b.c', `a.${Buffer.from('{"nats":{}}').toString('base64url')}.c`])
      expect(jwtAllows(other, agentSubject('test', 'n1', 'use'))).toBe(false);
  });

  it('may say so on their own subject only', () => {
    expect(agentPermissions('c', 'n1').publish).toContain(agentSubject('c', 'n1', 'use'));
    expect(agentPermissions('c', 'n1').publish.filter((subject) => !subject.includes('.n1.'))).toEqual([]);
  });
});

describe('vhive-coord nodes top', () => {
  let cluster: SimulatedCluster;
  beforeEach(async () => {
    cluster = await SimulatedCluster.create();
  });
  afterEach(() => cluster.stop());

  it('prints what simulated nodes use, and says that it is made up', async () => {
    await cluster.serve();
    await cluster.agents(2);
    const json = await cluster.run(['nodes', 'top', '--output', 'json']);
    const lines = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type, node }) => [type, node]).toSorted()).toEqual([
      ['result', undefined],
      ['usage', 'sim-1'],
      ['usage', 'sim-2'],
    ]);
    expect(lines[0]).toMatchObject({ simulated: true, cpuCores: 0.1, cpus: 4, pods: [] });
    const text = await cluster.run(['nodes', 'top', 'sim-2']);
    expect(text.stdout).toMatch(
      /^NODE +CPU +CPU% +MEMORY +MEMORY% +IN +OUT +PODS.*\nsim-2 +0\.10 +\d+% +1\.60 GiB +10%/,
    );
    expect(text.stdout).toContain('made up');
    const wrong = await cluster.run(['nodes', 'top', 'nobody']);
    expect(wrong.stderr).toMatch(/there is no node nobody.*sim-1, sim-2/s);
    expect(await wrong.ended).toBe(2);
  });
});
