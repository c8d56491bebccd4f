import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { DEFAULT_NATS_PORT, messageOf } from '@vhive/shared';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Authority } from '../../trust/authority.ts';
import { openRevocations } from '../../trust/revocations.ts';
import { prepareStateDirectory } from '../../trust/state-directory.ts';
import { pauseBeforeRepetition } from '../backoff.ts';
import { EndedEarly } from './ended-early.ts';
import type { NatsBinary } from './nats-binary.ts';
import { updateAccountClaims } from './nats-claims.ts';
import { renderNatsConfig } from './nats-config.ts';
import { endOrphan, type NatsProcess, spawnNats } from './nats-process.ts';
import { untilFull, untilRoom } from './store-room.ts';

const GiB = 1024 ** 3;
/** A server that ran for this long before it died, in milliseconds, is started again at once. */
const STEADY_MS = 30_000;
/** How often the first start is tried when somebody ends the server before it is ready. */
const STARTS = 4;

/** What {@link startNatsServer} needs. */
export interface NatsServerOptions {
  binary: NatsBinary;
  authority: Authority;
  stateDir: string;
  log: Logger;
  /** The addresses and names that agents use. They go into the certificate. */
  names: readonly string[];
  /** The address to listen on; by default all (0.0.0.0). */
  host?: string | undefined;
  /**
   * The port; default {@link DEFAULT_NATS_PORT}. With 0 it is any free port, which is kept when the server is started
   * again.
   */
  port?: number | undefined;
  /** The largest size of all streams in files, in bytes; default 10 GiB. */
  maxFileBytes?: number | undefined;
  /** Ends the start and the supervision. */
  signal?: AbortSignal | undefined;
}

/** A supervised nats-server. */
export interface NatsServer {
  /** The URL for this process: `tls://127.0.0.1:<port>`, or the one address on which the server listens. */
  url: string;
  port: number;
  version: string;
  /** The current pid of the process. It changes when the server had to be started again. */
  pid(): number;
  /**
   * Makes all JWTs issued to this user key useless. Open connections are closed at once, and the revocation survives
   * every restart.
   */
  revoke(publicKey: string): Promise<void>;
  /** Takes a new certificate when the names have changed or when the old certificate is about to expire. */
  renewCertificate(names: readonly string[]): Promise<void>;
  /** Ends the server and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Runs nats-server as a supervised child on `<stateDir>/jetstream`. It is started again, with a growing pause, whenever
 * it dies. A server that was left behind by a killed coordinator is ended first, so the caller must know that no other
 * coordinator uses the state directory. Throws code `internal` when the server does not start;
 * one that somebody ends before it is ready gets three more chances.
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { authority, stateDir, binary } = options;
  const log = options.log.child({ part: 'nats-server' });
  const configFile = join(stateDir, 'nats-server.conf');
  const pidFile = join(stateDir, 'nats-server.pid');
  await prepareStateDirectory(stateDir);
  const revocations = await openRevocations(stateDir);
  const host = options.host ?? '0.0.0.0';
  const ownAddress = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const url = () => `tls://${ownAddress}:${port}`;
  let port = options.port ?? DEFAULT_NATS_PORT;
  let names = options.names;
  let server: NatsProcess;
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, ...(options.signal ? [options.signal] : [])]);

  /** Revocations are written one after the other, so that the newest are the last to be written. */
  const inTurn = pLimit(1);

  const writeConfig = () => inTurn(renderConfig);

  async function renderConfig(): Promise<void> {
    const config = renderNatsConfig({
      version: binary.version,
      serverName: `vhive-${authority.cluster}`,
      host,
      port,
      certificateFile: (await authority.serverCertificate([ownAddress, ...names])).file,
      trust: await authority.natsTrust(revocations.all()),
      storeDir: stateDir,
      pidFile,
      maxFileBytes: options.maxFileBytes ?? 10 * GiB,
      maxMemoryBytes: GiB / 4,
    });
    await writeFileAtomic(configFile, config);
  }

  /**
   * Starts the server on the configuration file. The accounts in the file hold all revocations, so the server knows
   * them.
   */
  async function launch(): Promise<void> {
    await writeConfig();
    server = await spawnNats(binary, configFile, { log, signal });
    port = server.port;
    log.info({ pid: server.pid, port }, `nats-server ${binary.version} is ready`);
  }

  async function launchFirst(): Promise<void> {
    for (let start = 1; ; start++) {
      try {
        return await launch();
      } catch (error) {
        if (!(error instanceof EndedEarly) || start === STARTS) throw error;
        log.warn(`${error.message}; starting it again`);
      }
      await pauseBeforeRepetition(start - 1, signal);
    }
  }

  async function supervise(): Promise<void> {
    for (let attempt = 0; ; ) {
      const startedAt = performance.now();
      const decided = new AbortController();
      const full = untilFull(join(stateDir, 'jetstream'), AbortSignal.any([signal, decided.signal]));
      const how = await Promise.race([server.ended, server.full, full]).finally(() => decided.abort());
      if (signal.aborted) return;
      if (performance.now() - startedAt > STEADY_MS) attempt = 0;
      if (how !== undefined) log.error({ how }, 'nats-server died; starting it again');
      else {
        // It goes on without JetStream meanwhile, so that nodes are still heard.
        await untilRoom(join(stateDir, 'jetstream'), { log, signal });
        await server.stop();
      }
      for (let up = false; !up && !signal.aborted; attempt++) {
        if (attempt > 0) await pauseBeforeRepetition(attempt - 1, signal);
        if (signal.aborted) return;
        up = await launch().then(
          () => true,
          (error: unknown) => {
            log.error(messageOf(error));
            return false;
          },
        );
      }
    }
  }

  const pushClaims = () => inTurn(sendClaims);

  async function sendClaims(): Promise<void> {
    const trust = await authority.natsTrust(revocations.all());
    await updateAccountClaims({
      url: url(),
      caPem: authority.caPem,
      user: await authority.systemUser(),
      member: await authority.agentLinkUser(),
      account: trust.agentsAccount,
      jwt: trust.accounts[trust.agentsAccount] ?? '',
    });
  }

  const orphan = await endOrphan(pidFile, configFile);
  if (orphan !== undefined) log.warn({ pid: orphan }, 'ended the nats-server of a coordinator that was killed');
  await launchFirst();
  const supervision = supervise();

  return {
    url: url(),
    port,
    version: binary.version,
    pid: () => server.pid,
    async revoke(publicKey) {
      await revocations.add(publicKey);
      await writeConfig();
      try {
        await pushClaims();
      } catch (error) {
        // The server is down or going down. The next one reads the file.
        log.warn(
          { reason: messageOf(error) },
          'revocation is written down, but not yet known to the running nats-server',
        );
        server.reload();
      }
    },
    async renewCertificate(newNames) {
      names = newNames;
      await writeConfig();
      server.reload();
    },
    async stop() {
      stopping.abort();
      await server.stop();
      await supervision;
      await server.stop(); // this is the server that was just being started again
    },
  };
}
