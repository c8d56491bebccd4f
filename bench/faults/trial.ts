import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@vhive/base/free-port.fixture';
import { natsBinary } from '@vhive/test/support/nats-binary';
import { execa } from 'execa';
import { pidsOf, processesOf, signal } from './processes.ts';
import type { Schedule } from './schedule.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { type Struck, strike } from './strike.ts';
import { COORD, type UpOutcome, WatchedUp } from './watched-up.ts';
import { journalProblems, leftovers } from './witness.ts';

const NODES = ['sim-1', 'sim-2', 'sim-3'];

/** An `up` that has not ended after so long hangs, milliseconds. */
const UP_LIMIT_MS = 150_000;
/** How long a command may take to end once it was told to, milliseconds. */
const STOP_LIMIT_MS = 15_000;
/** Silence of so many seconds is a problem. */
const SILENCE_SECONDS = 60;
/** When the faults are over, so many `up` must be enough. */
const UPS_TO_READY = 2;

/** What a trial found. */
export interface TrialReport {
  problems: string[];
  /** Where the logs are; they are removed when there was no problem. */
  directory: string;
  seconds: number;
}

/** Carries out a schedule, and checks from outside that everything came to a good end. */
export async function runTrial(schedule: Schedule, { keep }: { keep: boolean }): Promise<TrialReport> {
  const startedAt = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'vhive-faults-'));
  const cache = join(directory, 'cache');
  const simulation = join(cache, 'simulation');
  const env = await environment();
  const disk = schedule.smallDisk ? await storeOnSmallDisk(join(simulation, 'coordinator'), env) : undefined;
  const trial = { directory, args: await argumentsOf(schedule, cache), env, disk };
  const problems: string[] = [];
  const judge = (name: string, outcome: UpOutcome | 'hangs') =>
    problems.push(...problemsOf(outcome).map((problem) => `${name}: ${problem}`));
  try {
    for (const [index, round] of schedule.rounds.entries()) {
      const name = `up-${index + 1}`;
      const up = WatchedUp.start(trial, name);
      const struck: Struck = await strike(trial, up, round.faults, name);
      judge(name, await endOf(up, directory));
      for (const [number, second] of struck.seconds.entries())
        judge(`${name}-second-${number + 1}`, await endOf(second, directory));
      await disk?.free();
      await sleep(round.pauseMs);
    }
    let last: UpOutcome | 'hangs' | undefined;
    for (let number = 1; number <= UPS_TO_READY && !isReady(last); number += 1) {
      last = await endOf(WatchedUp.start(trial, `clean-${number}`), directory);
      judge(`clean-${number}`, last);
    }
    if (isReady(last)) {
      const again = await endOf(WatchedUp.start(trial, 'again'), directory);
      judge('again', again);
      const changed = again === 'hangs' ? undefined : again.result?.changed;
      if (!isReady(again) || changed !== 0) problems.push(`a further up changed ${changed ?? '?'}`);
    } else problems.push(`not ready after ${UPS_TO_READY} further up`);
    problems.push(...journalProblems(simulation, NODES), ...(await leftovers(directory)));
  } catch (cause) {
    problems.push(`the trial itself: ${cause instanceof Error ? cause.stack : String(cause)}`);
  } finally {
    for (const { pid } of processesOf(directory)) signal(pid, 'SIGKILL');
    await disk?.remove();
    if (problems.length === 0 && !keep) await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
  return { problems, directory, seconds: (performance.now() - startedAt) / 1000 };
}

const isReady = (outcome: UpOutcome | 'hangs' | undefined): boolean =>
  outcome !== undefined && outcome !== 'hangs' && outcome.exitCode === 0 && outcome.result?.outcome === 'ready';

function problemsOf(outcome: UpOutcome | 'hangs'): string[] {
  if (outcome === 'hangs')
    return [`has not ended after ${UP_LIMIT_MS / 1000} s, nor within ${STOP_LIMIT_MS / 1000} s of Ctrl-C`];
  const problems: string[] = [];
  const { exitCode, signal: by, result, printed, silence, traces } = outcome;
  if (by !== 'SIGKILL' && printed && result?.exitCode !== exitCode)
    problems.push(
      `ended with ${exitCode ?? by}, its result line says ${result?.exitCode ?? 'nothing (it is missing)'}`,
    );
  if (exitCode === 1) problems.push(`internal error: ${result?.message}`);
  if (exitCode === 3 || exitCode === 2) problems.push(`refused (exit ${exitCode}): ${result?.message}`);
  if (exitCode === 6) problems.push(`unreachable (exit 6): ${result?.message}`);
  if (silence.seconds > SILENCE_SECONDS)
    problems.push(`silent for ${Math.round(silence.seconds)} s after: ${silence.after}`);
  if (traces.length > 0) problems.push(`a stack trace for people: ${traces[0]?.trim()}`);
  return problems;
}

/** Waits for the end of an `up`. One that hangs is told to end, and killed when it does not. */
async function endOf(up: WatchedUp, directory: string): Promise<UpOutcome | 'hangs'> {
  const late = () => 'late' as const;
  const outcome = await Promise.race([up.ended, sleep(UP_LIMIT_MS, undefined, { ref: false }).then(late)]);
  if (outcome !== 'late') return outcome;
  signal(up.pid, 'SIGINT');
  await Promise.race([up.ended, sleep(STOP_LIMIT_MS, undefined, { ref: false })]);
  for (const pid of pidsOf('everything', directory, up.pid)) signal(pid, 'SIGKILL');
  await up.ended;
  return 'hangs';
}

/** Makes the keys of a cluster, as any command does at first, and then puts the place of its event store on a small disk. */
async function storeOnSmallDisk(stateDir: string, env: NodeJS.ProcessEnv): Promise<SmallDisk> {
  await execa(COORD, ['token', 'create', '--state-dir', stateDir], { env, extendEnv: false });
  return await mountSmallDisk(join(stateDir, 'jetstream'));
}

async function argumentsOf({ variant }: Schedule, cache: string): Promise<string[]> {
  return [
    ...['--simulate', '3', ...variant, '--output', 'json', '--timeout', '10m', '--cache-dir', cache],
    ...['--https-port', String(await freePort()), '--nats-port', String(await freePort())],
  ];
}

/** Nothing of the caller's own settings, and nats-server in the path, so that no trial fetches one. */
async function environment(): Promise<NodeJS.ProcessEnv> {
  return { PATH: `${dirname(await natsBinary())}:${process.env.PATH}`, HOME: process.env.HOME };
}
