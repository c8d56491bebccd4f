import { hostname, networkInterfaces } from 'node:os';
import { defined, type RunRequest } from '@vhive/shared';
import { type CoordinatorOptions, SIMULATED_MASTER } from '../../../assembly/options.ts';
import { type Connection, withCoordinator } from '../../connect.ts';
import type { CliContext } from '../../context.ts';
import { chooseReporter } from '../../follow/choose-reporter.ts';
import { followRun } from '../../follow/follow-run.ts';
import type { FollowedRun } from '../../follow/followed-run.ts';
import { interruptedError } from '../../follow/interrupted.ts';
import { type ReportOptions, reportRun } from '../../follow/report-run.ts';
import type { Reporter } from '../../follow/reporter.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { Flags } from '../../options/command-options.ts';
import { defaultStateDir } from '../../options/coordinator-options.ts';
import { commandWords } from '../../render/command-words.ts';
import { withSimulation } from '../../simulation.ts';
import { runUpInLab } from './in-lab.ts';
import { leftOutLines } from './left-out.ts';
import { operatorUser } from './operator-user.ts';
import { agentCommand, ownAddress } from './own-address.ts';
import { type UpSettings, upSettings } from './settings.ts';
import { resumedLines, settingsLines } from './settings-lines.ts';
import { waitForNodes } from './wait-for-nodes.ts';

/** Shows the outcome of a run, and sets the command's result. */
export type ShowRun = (run: FollowedRun, io: CliContext['io'], options: ReportOptions) => void;

/**
 * Runs `vhive-coord up`. Everything that can be checked on this machine is checked before any host is touched. `report`
 * shows the outcome of the run.
 */
export async function runUp(flags: Flags<'up'>, context: CliContext, report: ShowRun = reportRun): Promise<void> {
  const settings = await upSettings(flags, context.io.env);
  if (flags.lab !== undefined) return await runUpInLab(flags.lab, { ...flags, nodes: settings.nodes }, context);
  await withInterrupt(context.io, async (signal) => {
    const { simulate } = settings;
    if (simulate === undefined) return await upHere(flags, settings, context, report, signal);
    const simulated = await withSimulation(context, simulate, settings.coordinator, settings.remembered);
    await upHere(flags, { ...settings, controlPlane: SIMULATED_MASTER }, simulated, report, signal);
  });
}

async function upHere(
  flags: Flags<'up'>,
  settings: UpSettings,
  context: CliContext,
  report: ShowRun,
  signal: AbortSignal,
): Promise<void> {
  const { hooks, io } = context;
  io.words = commandWords(settings.coordinator.stateDir, defaultStateDir(io.env), io.env.VHIVE_TYPED);
  const reporter = await chooseReporter(context.io);
  const coordinator: CoordinatorOptions = {
    ...settings.coordinator,
    log: (line) => reporter.message(line.trimEnd(), 'warning'),
    signal,
  };
  const say = (line: string) => reporter.message(line, 'warning');
  try {
    await withCoordinator({ coordinator, hooks, start: 'always', say }, async (connection) => {
      signal.throwIfAborted();
      let hasAgent = false;
      if (settings.simulate === undefined && isMaster(settings.controlPlane))
        hasAgent = await hooks.ensureLocalAgent({
          stateDir: coordinator.stateDir,
          url: connection.endpoint.url,
          say: (line) => reporter.message(line),
        });
      const run = await upWith({ ...connection, hasAgent }, flags, settings, context, reporter, signal);
      reporter.close();
      report(run, context.io, { verbose: flags.verbose, simulated: settings.simulate !== undefined });
    });
  } finally {
    reporter.close();
  }
}

async function upWith(
  connection: Connection & { hasAgent: boolean },
  flags: Flags<'up'>,
  settings: UpSettings,
  context: CliContext,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<FollowedRun> {
  const { client, endpoint, attached, hasAgent } = connection;
  let runId: string | undefined;
  try {
    const { lan } = settings.coordinator;
    const wanted = {
      expected: settings.nodes,
      controlPlane: settings.controlPlane,
      limitSeconds: flags.waitNodes ?? flags.timeout,
      command: (nodes: Parameters<typeof ownAddress>[0]) =>
        agentCommand(ownAddress(nodes, networkInterfaces(), lan), endpoint.url),
      ownCommand: hasAgent ? undefined : agentCommand('127.0.0.1', endpoint.url),
      agentsComing: settings.simulate !== undefined,
      words: context.io.words,
    };
    const chosen = await waitForNodes(connection, wanted, reporter, signal);
    for (const { text, level } of [...settingsLines(settings), ...leftOutLines(chosen, settings, await client.nodes())])
      reporter.message(text, level);
    const started = await client.startRun(runRequestOf(flags, settings, chosen, context.io));
    runId = started.runId;
    reporter.started(started);
    for (const { text, level } of resumedLines(started)) reporter.message(text, level);
    return await followRun(connection, runId, reporter, signal);
  } catch (cause) {
    if (signal.aborted) throw interruptedError(runId, attached);
    throw cause;
  }
}

function runRequestOf(
  flags: Flags<'up'>,
  settings: UpSettings,
  chosen: { controlPlane: string; names: string[] },
  { env, wallSeconds }: CliContext['io'],
): RunRequest {
  const { kubernetes } = settings.config;
  // The user is a user of this host, which means nothing on another master or in a simulation.
  const user = settings.simulate === undefined && isMaster(settings.controlPlane) ? operatorUser(env) : undefined;
  const operator = kubernetes.operatorUser ?? user;
  return {
    config: {
      ...settings.config,
      controlPlane: chosen.controlPlane,
      kubernetes: { ...kubernetes, ...defined({ operatorUser: operator }) },
    },
    nodes: chosen.names,
    mode: flags.dryRun ? 'check' : 'apply',
    skip: flags.skip ?? [],
    limit: flags.limit ?? [],
    // The time limit is for the whole command, so the time that was spent waiting for nodes counts.
    timeoutSeconds: flags.timeout,
    spentSeconds: wallSeconds,
    settings: settings.said,
    ...defined({ until: flags.until, mirror: settings.mirror }),
  };
}

/** Returns whether this host is to be the master, which it is unless another one is named. */
function isMaster(controlPlane: string | undefined): boolean {
  return controlPlane === undefined || controlPlane === hostname().split('.')[0]?.toLowerCase();
}
