import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { tryLockFile } from '@vhive/base/files/file-lock';
import { removeLeftTemporaries } from '@vhive/base/files/temporary-files';
import { pause } from '@vhive/base/retry/sleep';
import { defined, FROM_INTERNET, type Progress, type RunEventOf, VERSION, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import type { ArtifactSources } from '../artifacts/artifact-fetch.ts';
import { LockFile } from '../artifacts/lock-file.ts';
import { refuseMissingFiles } from '../artifacts/mirror/missing-files.ts';
import { ImageRegistry } from '../artifacts/registry/image-registry.ts';
import { parseMirror } from '../artifacts/sources/mirror-tree.ts';
import { ArtifactStore } from '../artifacts/store.ts';
import { createHttpApi } from '../http/http-api.ts';
import { listenHttps } from '../http/listen.ts';
import { isOfThisHost } from '../http/this-host.ts';
import { AgentLink } from '../nats/agent-link.ts';
import { connectNats } from '../nats/connect-nats.ts';
import { EventStore } from '../nats/event-store.ts';
import { acquireLease } from '../nats/lease.ts';
import { LogStore } from '../nats/log-store.ts';
import { useExternalNats } from '../nats/server/external-nats.ts';
import { findNatsServer } from '../nats/server/nats-binary.ts';
import { type NatsServer, startNatsServer } from '../nats/server/nats-server.ts';
import { ensureStreams } from '../nats/streams.ts';
import { type Persistence, untilAnswered } from '../nats/until-answered.ts';
import { openNodeRegistry } from '../nodes/node-registry.ts';
import { UsageWatch } from '../nodes/usage-watch.ts';
import { createOperations } from '../operations/create-operations.ts';
import { openClusterMemory } from '../runs/cluster-memory.ts';
import { Runner } from '../runs/runner.ts';
import { type Authority, hostAddresses, openAuthority } from '../trust/authority.ts';
import { openJoinTokens } from '../trust/join-tokens.ts';
import { openOperatorToken } from '../trust/operator-token.ts';
import { prepareStateDirectory } from '../trust/state-directory.ts';
import type { ProcessUser } from '../trust/user-jwt.ts';
import { clusterName } from './cluster-name.ts';
import { createLog } from './create-log.ts';
import { requireRoom } from './disk-room.ts';
import { hearAgents } from './hear-agents.ts';
import { imageServer } from './image-server.ts';
import { jobFiles } from './job-files.ts';
import { lanCidr } from './lan.ts';
import { localSteps } from './local-steps.ts';
import { mirrorImages } from './mirror-images.ts';
import { natsServerOfMirror } from './nats-artifact.ts';
import { type CoordinatorOptions, type RunningCoordinator, StateDirectoryInUse } from './options.ts';
import { keepCertificatesValid } from './renew-certificates.ts';

/**
 * How long a coordinator that stops waits for what it is still doing for agents and operators, in milliseconds. It may be
 * waiting for a full disk; agents say everything again until they get a receipt.
 */
const LAST_WORK_MS = 3_000;

/**
 * Starts a coordinator in this process: its nats-server, the connection to it, the node registry, the runner, and last
 * the HTTPS server and the file `<stateDir>/coordinator.json`, by which commands find it. When a part fails to start,
 * the parts that were started before it are stopped again. This function only wires the parts together: what they do is
 * written in their own files.
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator> {
  const { stateDir, signal } = options;
  const cluster = await clusterName(options);
  const log = createLog(options);
  await using started = new AsyncDisposableStack();

  await prepareStateDirectory(stateDir);
  const unlock = await tryLockFile(join(stateDir, 'coordinator.lock'));
  if (unlock === undefined) throw new StateDirectoryInUse(stateDir);
  started.defer(unlock);
  signal?.throwIfAborted();
  await removeLeftTemporaries(stateDir, { recursive: true });
  await requireRoom(stateDir);
  const authority = await openAuthority({ stateDir, cluster });
  const names = [...hostAddresses(), hostname()];
  await writeFileAtomic(join(stateDir, 'ca.pem'), authority.caPem, { mode: 0o644 });
  const store = await ArtifactStore.open(join(stateDir, 'artifacts'));
  const lockFile = new LockFile(join(stateDir, 'vhive.lock'));
  const sources = (mirror = options.mirror ?? options.ownMirror) => ({
    ...{ store, lockFile },
    mirror: mirror === undefined || mirror === FROM_INTERNET ? undefined : parseMirror(mirror),
  });
  const nats = options.nats
    ? await useExternalNats({ url: options.nats, authority, stateDir, log })
    : await superviseNats(options, authority, names, log, sources());
  started.defer(() => nats.stop());

  const connectAs = async ({ authenticator }: ProcessUser) => {
    const connection = await connectNats({ url: nats.url, authenticator, caPem: authority.caPem, log, signal });
    started.defer(() => connection.close());
    return connection;
  };
  const nc = await connectAs(await authority.coordinatorUser());
  const agents = await connectAs(await authority.agentLinkUser());
  const patiently = <T>(what: Persistence['what'], work: () => Promise<T>) =>
    untilAnswered(nc, work, { what, log, signal });
  await patiently('the streams of the cluster', () => ensureStreams(nc, cluster));

  const stopping = new AbortController();
  started.defer(async () => stopping.abort(new Error('the coordinator stops')));
  const url = `https://127.0.0.1:${options.httpsPort}`;
  const holder = { id: randomUUID(), host: hostname(), pid: process.pid, version: VERSION, url };
  const lease = {
    log,
    // When the coordinator runs a nats-server of its own, any earlier holder of the lease was killed: this process
    // alone has the lock of the state directory.
    isGone: () => options.nats === undefined,
    onLost: (by?: { host: string }) => giveUp(`${by?.host ?? 'another coordinator'} leads the cluster now`),
  };
  const taken = await patiently('the lease of the cluster', () =>
    acquireLease(nc, cluster, { ...holder, since: now() }, lease),
  );
  if ('heldBy' in taken)
    throw new VhiveError({
      code: 'refused',
      message: `the coordinator on ${taken.heldBy.host} (process ${taken.heldBy.pid}) leads the cluster ${cluster}`,
      hint: 'watch it there: vhive-coord status --watch',
    });
  started.defer(() => taken.lease.release());

  const link = new AgentLink(agents, cluster, { log });
  const nodes = await openNodeRegistry({
    stateDir,
    authority,
    log,
    machineId: await machineId(),
    revoke: (key) => nats.revoke(key),
    dropped: (node) => link.rejected(node),
    async leave(node) {
      const signal = AbortSignal.timeout(5_000);
      await link.sendCommand(node, { type: 'agent.leave', reason: 'removed by the operator' }, { signal });
    },
  });
  started.defer(async () => nodes.close());
  const events = new EventStore(nc, cluster, { log, signal: stopping.signal });
  const logs = new LogStore(nc, cluster, { log, executors: () => nodes.views().length });
  const progress = new EventEmitter<{ progress: [executor: string, progress: Progress] }>();
  progress.setMaxListeners(0);

  const memory = await openClusterMemory(stateDir);
  const runner = new Runner(events, {
    log,
    stored: (created, happened) =>
      memory
        .runEvents(created, happened)
        .catch((cause: unknown) => log.error({ err: cause }, 'what the cluster remembers could not be written')),
    sendCommand: (node, command, how) => link.sendCommand(node, command, how),
    runLocally: localSteps({ nodes, sources, logs, progress }),
    onBroken: (cause) => giveUp(cause instanceof Error ? cause.message : String(cause)),
  });
  started.defer(async () => runner.halt());
  await patiently('the stored runs', () => runner.load({ resume: options.service === true }));
  const useLan = () => {
    const lan = lanOf(runner.newest?.created) ?? options.lan;
    nodes.setLan(lan === undefined ? undefined : lanCidr(lan));
  };
  useLan();
  runner.events.on('begun', useLan);

  nodes.events.on('reachable', (node) => runner.nodeChanged({ type: 'node.reachable', at: now(), node }));
  nodes.events.on('unreachable', (node, seen) =>
    runner.nodeChanged({ type: 'node.unreachable', at: now(), node, lastSeen: seen.toISOString() }),
  );
  nodes.events.on('removed', (node) => runner.nodeChanged({ type: 'node.removed', at: now(), node }));
  const usage = new UsageWatch({ nodes, sendCommand: (node, command, how) => link.sendCommand(node, command, how) });
  const hearing = hearAgents({ link, nodes, runner, logs, progress, usage });
  started.defer(() => atMost(LAST_WORK_MS, hearing()));

  const tokens = await openJoinTokens({ stateDir, caFingerprint: authority.caFingerprint });
  const findJobFile = jobFiles(runner, store);
  const operations = createOperations({
    findJobFile,
    removeFile: (sha256) => store.remove(sha256),
    ...{ cluster, natsVersion: nats.version, nodes, tokens, runner, events, logs, link, progress, usage },
    lanCidr,
    defaults: { lan: options.lan, mirror: options.mirror, ownMirror: options.ownMirror },
    memory,
    mirrorImages: (mirror, arches) => mirrorImages(mirror, arches, stopping.signal),
    refuseMissingFiles: (plan, mirror) => refuseMissingFiles(plan, sources(mirror), stopping.signal),
    imageServer: (planned, mirror) =>
      imageServer(planned, mirror, { options, caPem: authority.caPem, programs: process.env.VHIVE_BIN_DIR }),
    remember: () =>
      memory.coordinator({
        ...{ cluster, httpsPort: options.httpsPort, natsPort: options.natsPort },
        ...defined({ nats: options.nats }),
      }),
  });
  const app = await createHttpApi({
    certificate: await authority.serverCertificate(names),
    log,
    enrolment: {
      authority,
      tokens,
      nodes,
      trustNetworks: () => options.trustNetworks,
      isThisHost: isOfThisHost,
      natsUrls: (contacted) => [options.nats ?? natsUrl(contacted, new URL(nats.url).port)],
    },
    store,
    images: new ImageRegistry({
      sources: () => sources(runner.newest?.created.basis?.mirror),
      directory: join(stateDir, 'images'),
      signal: stopping.signal,
      log: (text) => log.info({ part: 'images' }, text),
    }),
    mayPublish: (node) => runner.isPublishing(node),
    operations,
    findJobFile,
    operatorToken: await openOperatorToken(stateDir),
  });
  started.defer(() => atMost(LAST_WORK_MS, app.close()));
  await listenHttps(app, options.httpsPort);
  started.defer(await keepCertificatesValid({ authority, names, app, nats, log }));

  const file = join(stateDir, 'coordinator.json');
  await writeFileAtomic(file, JSON.stringify({ url, pid: process.pid, startedAt: now() }));
  started.defer(() => rm(file, { force: true }));
  log.info({ url, cluster, version: VERSION }, 'the coordinator is ready');

  const parts = started.move();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= parts.disposeAsync();
    return stopped;
  };
  function giveUp(reason: string): void {
    log.fatal({ reason }, 'this coordinator steps down');
    stop().catch((cause: unknown) => log.error({ err: cause }, 'stepping down'));
  }
  return { url, cluster, stop };
}

/** Finds or fetches a nats-server and runs it as a supervised child of this coordinator. */
async function superviseNats(
  { cacheDir, stateDir, natsPort: port, signal }: CoordinatorOptions,
  authority: Authority,
  names: string[],
  log: Logger,
  sources: ArtifactSources,
): Promise<NatsServer> {
  const fetch = sources.mirror === undefined ? undefined : () => natsServerOfMirror(sources, cacheDir);
  const binary = await findNatsServer({ cacheDir, log, fetch });
  return await startNatsServer({ binary, authority, stateDir, log, names, port, signal });
}

/** The URL at which agents that reached the coordinator at this address find the supervised nats-server. */
function natsUrl(contacted: string, port: string): string {
  return `tls://${contacted.includes(':') ? `[${contacted}]` : contacted}:${port}`;
}

/** Returns the network that a run was begun with. */
function lanOf(created: RunEventOf<'run.created'> | undefined): string | undefined {
  const lan = created?.basis?.config.lan;
  return typeof lan === 'string' ? lan : undefined;
}

async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work.finally(() => done.abort()), pause(milliseconds, done.signal)]);
}

async function machineId(): Promise<string> {
  return (await readFile('/etc/machine-id', 'utf8').catch(() => '')).trim();
}

function now(): string {
  return new Date().toISOString();
}
