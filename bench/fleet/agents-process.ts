import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actions } from '@vhive/agent/actions/index';
import { createRealHost } from '@vhive/agent/host/real-host';
import { type Agent, startAgent } from '@vhive/agent/transport/agent';
import { createMemoryIdentity, type Identity } from '@vhive/agent/transport/enrolment/identity';
import { someFacts } from '@vhive/test/support/enrolment';
import { floorSubject } from './floor.ts';
import type { AgentsReady, JournalKind, StartAgents } from './messages.ts';

// This program runs all agents of a fleet in one process. It ends when its parent disconnects from it.

const agents: Agent[] = [];
const directory = await mkdtemp(join(tmpdir(), 'vhive-fleet-agents-'));

process.on('message', (order: StartAgents) => {
  start(order).then(
    (ready) => process.send?.(ready),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => void end());

async function start({ identities, journal }: StartAgents): Promise<AgentsReady> {
  for (const identity of identities) agents.push(await startOne(identity, journal));
  await Promise.all(agents.map((agent) => agent.registered));
  return { registeredMs: performance.now() };
}

async function startOne(identity: Identity, journal: JournalKind): Promise<Agent> {
  const { cluster = '', node = '', coordinator = '' } = identity.enrolment ?? {};
  const stateDirectory = join(directory, node);
  if (journal === 'disk') await mkdir(stateDirectory, { mode: 0o700 });
  const facts = someFacts(node);
  return startAgent({
    coordinator,
    node,
    stateDirectory,
    // A no-op touches no host. The facts are made up, so that a thousand agents do not all inspect one machine.
    host: { ...createRealHost(), facts: async () => facts },
    actions,
    identity: createMemoryIdentity(identity),
    memoryJournal: journal === 'memory',
    onConnection(connection) {
      connection.subscribe(floorSubject(cluster, node), { callback: (_, message) => void message.respond() });
    },
  });
}

async function end() {
  await Promise.all(agents.map((agent) => agent.stop(0)));
  await rm(directory, { recursive: true, force: true });
  process.exit(0);
}
