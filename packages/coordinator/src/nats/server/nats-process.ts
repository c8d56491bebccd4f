import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import type { Logger } from 'pino';
import { EndedEarly } from './ended-early.ts';
import type { NatsBinary } from './nats-binary.ts';
import { boundToThisProcess } from './parent-death.ts';

/** How long a server that was asked to stop may take before it is killed, in milliseconds. */
const STOP_MS = 10_000;
/** How long a start may take, in milliseconds. It can take long because JetStream recovers its streams first. */
const START_MS = 120_000;

/** A start that takes longer than this is told of, in milliseconds. */
const SAY_EVERY_MS = 20_000;
/** What nats-server says when it can write nothing more. */
const FULL = /no space left on device|JetStream out of \w+|insufficient storage resources/i;

/** What nats-server says when a signal tells it to end, whatever its exit code is then. */
const TOLD_TO_END = /Initiating Shutdown|Trapped "/;

/** A running nats-server. */
export interface NatsProcess {
  pid: number;
  /** The port on which it listens. */
  port: number;
  /** Settles when the process has ended, with a line that says how it ended. */
  ended: Promise<string>;
  /** Resolves when the disk is full. The server has then switched JetStream off until it is started again. */
  full: Promise<void>;
  /** Makes the server read its configuration file again, for new accounts or a new certificate. */
  reload(): void;
  /** Asks the server to end, kills it when it does not, and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Starts nats-server on a configuration file and waits until it accepts connections. When this process dies, however it
 * dies, the server gets SIGTERM (see {@link boundToThisProcess}). Throws code `internal` with the server's own words
 * when it ends before it is ready ({@link EndedEarly} when somebody ended it), and the signal's reason when that aborts
 * before.
 */
export async function spawnNats(
  binary: NatsBinary,
  configFile: string,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<NatsProcess> {
  const { command, bound } = await boundToThisProcess([binary.path, '--config', configFile], 'TERM');
  const [file, ...args] = command;
  // The server gets a process group of its own. Ctrl-C in a terminal is meant for the coordinator, which still needs
  // the server to end well.
  const options = { reject: false, buffer: false, stdin: 'ignore', stdout: 'ignore', detached: bound } as const;
  const child = execa(file, args, options);
  const lastLines: string[] = [];
  let port = 0;
  const { promise: full, resolve: isFull } = Promise.withResolvers<void>();
  const ready = new Promise<true>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const text = line.replace(/^\[\d+\] /, '');
      log.debug({ nats: text });
      lastLines.push(text);
      if (lastLines.length > 8) lastLines.shift();
      port = Number(/Listening for client connections on .*:(\d+)$/.exec(text)?.[1] ?? port);
      if (text.endsWith('Server is ready')) resolve(true);
      if (FULL.test(text)) isFull();
    });
  });
  const ended = child.then((result) =>
    result.signal === undefined ? `exit code ${result.exitCode ?? 'unknown'}` : `signal ${result.signal}`,
  );
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(late);
  }
  const patience = new AbortController();
  const waits = setInterval(() => log.warn('still waiting for nats-server to be ready'), SAY_EVERY_MS);
  const outcome = await Promise.race([
    ready,
    ended,
    delay(START_MS, 'no sign of readiness in time', { signal: AbortSignal.any([patience.signal, signal]) }).catch(
      () => 'told to stop',
    ),
  ]);
  clearInterval(waits);
  patience.abort();
  if (outcome !== true) {
    await stop();
    signal.throwIfAborted();
    const message = `nats-server ${binary.version} (${binary.path}) did not start: ${outcome}: ${lastLines.join(' | ')}`;
    if (/^signal |^exit code 0$/.test(outcome) || lastLines.some((line) => TOLD_TO_END.test(line)))
      throw new EndedEarly(message);
    throw new VhiveError({
      code: 'internal',
      message,
      hint: /address already in use/.test(lastLines.join())
        ? 'another program listens on that port: stop it, or choose another with --nats-port'
        : `look at the configuration: ${configFile}`,
    });
  }
  return { pid: child.pid ?? 0, port, ended, full, reload: () => void child.kill('SIGHUP'), stop };
}

/**
 * Ends a server that a killed coordinator has left behind: the process that nats-server's own pid file names, if it
 * still runs on our configuration file. Returns its pid.
 */
export async function endOrphan(pidFile: string, configFile: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  const isOurs = () => commandLine(pid).includes(configFile);
  if (!Number.isInteger(pid) || pid <= 1 || !isOurs()) return undefined;
  process.kill(pid, 'SIGTERM');
  const kill = performance.now() + STOP_MS;
  // The process is not a child of this one, so nobody reports its end.
  while (isOurs()) {
    if (performance.now() > kill) process.kill(pid, 'SIGKILL');
    await delay(20);
  }
  return pid;
}

/** Returns the arguments of a process. They are empty when there is no such process or only its zombie. */
function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
