import { once } from 'node:events';
import { connect } from '@nats-io/transport-node';
import { createIdentity, type Identity } from '@vhive/agent/transport/enrolment/identity';
import { sealingKeyOf } from '@vhive/agent/transport/enrolment/sealing';
import { userKeyFromSeed } from '@vhive/base/nkey/nkey';
import { AgentLink } from '@vhive/coordinator/nats/agent-link';
import { EventStore } from '@vhive/coordinator/nats/event-store';
import { findNatsServer } from '@vhive/coordinator/nats/server/nats-binary';
import { startNatsServer } from '@vhive/coordinator/nats/server/nats-server';
import { ensureStreams } from '@vhive/coordinator/nats/streams';
import { openNodeRegistry } from '@vhive/coordinator/nodes/node-registry';
import { Runner } from '@vhive/coordinator/runs/runner';
import { openAuthority } from '@vhive/coordinator/trust/authority';
import type { ProcessUser } from '@vhive/coordinator/trust/user-jwt';
import { coordinatorInboxPrefix, VERSION } from '@vhive/shared';
import { someFacts } from '@vhive/test/support/enrolment';
import { natsBinary } from '@vhive/test/support/nats-binary';
import { pino } from 'pino';
import { measureFloor } from './floor.ts';
import type { AgentsReady, FleetOrder, FleetResult, StartAgents, Usage } from './messages.ts';
import { noOpPlan } from './no-op-plan.ts';
import { cpuMs, memoryOf } from './process-usage.ts';
import { median } from './statistics.ts';
import { watchedStore } from './watched-store.ts';

const CLUSTER = 'fleet';

/** The process that runs the agents. */
export interface AgentsProcess {
  pid: number;
  start(order: StartAgents): Promise<AgentsReady>;
}

/**
 * Runs a plan of no-ops on a fleet, and measures the floor before and after it on the same connections. This process
 * has everything of a coordinator except its HTTPS server: nobody enrols, and the agents are given what an enrolment
 * would give them.
 */
export async function runFleet(order: FleetOrder, stateDir: string, agents: AgentsProcess): Promise<FleetResult> {
  await using started = new AsyncDisposableStack();
  const log = pino({ level: process.env.BENCH_LOG ?? 'error' }, pino.destination({ fd: 2, sync: true }));
  const authority = await openAuthority({ stateDir, cluster: CLUSTER });
  const binary = await findNatsServer({ cacheDir: stateDir, log, path: await natsBinary() });
  const nats = await startNatsServer({ binary, authority, stateDir, log, names: [], host: '127.0.0.1', port: 0 });
  started.defer(() => nats.stop());
  const connectAs = async ({ authenticator }: ProcessUser) => {
    const options = { tls: { ca: authority.caPem }, inboxPrefix: coordinatorInboxPrefix(CLUSTER), noAsyncTraces: true };
    const connection = await connect({ servers: nats.url, authenticator, ...options });
    started.defer(() => connection.close());
    return connection;
  };
  const nc = await connectAs(await authority.coordinatorUser());
  const agentsAccount = await connectAs(await authority.agentLinkUser());
  await ensureStreams(nc, CLUSTER);

  const link = new AgentLink(agentsAccount, CLUSTER, { log });
  const nodeRegistry = await openNodeRegistry({
    ...{ stateDir, authority, log, machineId: '' },
    revoke: (key) => nats.revoke(key),
    leave: async () => undefined,
  });
  started.defer(async () => nodeRegistry.close());
  const beats = link.hearHeartbeats((node, beat) => nodeRegistry.heartbeat(node, beat));
  started.defer(() => beats.stop());
  const progress = link.hearProgress(() => undefined);
  started.defer(() => progress.stop());
  const store = watchedStore(new EventStore(nc, CLUSTER, { log }));
  const runner = new Runner(store, {
    log,
    sendCommand: (node, command, how) => link.sendCommand(node, command, how),
    runLocally: () => Promise.reject(new Error('the plan has no steps of the coordinator')),
    onBroken: (cause) => log.fatal({ err: cause }, 'the run broke'),
  });
  started.defer(async () => runner.halt());
  const results = link.takeEvents((node, event) => runner.agentEvent(node, event));
  started.defer(() => results.stop());

  const nodes = Array.from({ length: order.agents }, (_, index) => `node-${index + 1}`);
  const identities: Identity[] = [];
  for (const node of nodes) identities.push(await enrolled(node));
  const { registeredMs } = await agents.start({ identities, journal: order.journal });

  const pids = { coordinator: process.pid, agents: agents.pid, natsServer: nats.pid() };
  const before = await measureFloor(agentsAccount, CLUSTER, nodes, order.rounds + 1);
  const plan = noOpPlan(nodes, order.steps);
  const times: number[] = [];
  let usage = usageOf(pids);
  for (let run = 0; run < order.runs; run++) {
    store.reset();
    const cpuBefore = usageOf(pids);
    times.push(await oneRun());
    usage = since(cpuBefore, usageOf(pids));
  }
  const cpuBefore = usageOf(pids);
  const after = await measureFloor(agentsAccount, CLUSTER, nodes, order.rounds + 1);
  const floorUsage = since(cpuBefore, usageOf(pids));

  const [firstMs = Number.NaN, ...warm] = times;
  const floorMs = order.steps * median([...before.slice(1), ...after.slice(1)]);
  const orchestrationMs = warm.length === 0 ? firstMs : median(warm);
  return {
    ...order,
    natsVersion: nats.version,
    registeredMs,
    floorRoundsMs: { before, after },
    floorMs,
    firstMs,
    orchestrationMs,
    allMs: times,
    ratio: orchestrationMs / floorMs,
    firstRatio: firstMs / floorMs,
    cpuRatio: ratio(totalCpu(usage), (totalCpu(floorUsage) * order.steps) / (order.rounds + 1)),
    eventsStored: store.events(),
    writes: store.writes(),
    usage,
    floorUsage,
  };

  async function oneRun(): Promise<number> {
    const finished = once(store.finished, 'finished');
    const began = performance.now();
    await runner.start({ plan, mode: 'apply', inputHash: '', giveUpAfterMs: 300_000, unreachable: [] });
    const [outcome] = await finished;
    if (outcome !== 'ready') throw new Error(`the run ended as ${outcome}`);
    return performance.now() - began;
  }

  /** Makes what an agent has after its enrolment, without the HTTPS requests between them. */
  async function enrolled(node: string): Promise<Identity> {
    const identity = createIdentity();
    const { publicKey } = userKeyFromSeed(identity.userSeed);
    const sealingKey = sealingKeyOf(identity.sealingSeed);
    const proof = { nonce: '', at: new Date().toISOString(), signature: '' };
    const request = { node, publicKey, sealingKey, proof, agentVersion: VERSION, facts: someFacts(node) };
    await nodeRegistry.enrol(request, { address: '127.0.0.1', right: 'general', here: false });
    const given = await nodeRegistry.credentials(node);
    const enrolment = { cluster: CLUSTER, node, natsUrls: [nats.url], coordinator: '127.0.0.1:1', ...given };
    return { ...identity, ca: authority.caPem, enrolment };
  }
}

function totalCpu(usage: Usage): number {
  return Object.values(usage).reduce((sum, { cpuMs: own }) => sum + own, 0);
}

function usageOf(pids: Record<'coordinator' | 'agents' | 'natsServer', number>) {
  const of = (pid: number) => ({ cpuMs: cpuMs(pid), rssMiB: memoryOf(pid).rss });
  return { coordinator: of(pids.coordinator), agents: of(pids.agents), natsServer: of(pids.natsServer) };
}

function since(before: ReturnType<typeof usageOf>, after: ReturnType<typeof usageOf>) {
  const of = (name: keyof typeof after) => ({ ...after[name], cpuMs: after[name].cpuMs - before[name].cpuMs });
  return { coordinator: of('coordinator'), agents: of('agents'), natsServer: of('natsServer') };
}

/**
 * Returns the ratio of two CPU times; null when there is nothing to compare with. The kernel counts CPU time in ticks
 * of 10 ms, so a short floor may have none.
 */
function ratio(cpu: number, floorCpu: number): number | null {
  return floorCpu === 0 ? null : cpu / floorCpu;
}
