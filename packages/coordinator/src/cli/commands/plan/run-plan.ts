import {
  buildPlan,
  criticalPath,
  estimator,
  recordedSeconds,
  renderCriticalPath,
  renderMermaid,
  renderText,
} from '@vhive/core/plan/index';
import { placeholderNodes } from '@vhive/core/plan/placeholder-nodes';
import { defined, FROM_INTERNET, type NodeView, type Plan, type RunRequest, type RunView } from '@vhive/shared';
import type { ApiClient } from '../../client/client.ts';
import { hasState, withCoordinator } from '../../connect.ts';
import type { CliContext } from '../../context.ts';
import { checkMirror } from '../../options/check-mirror.ts';
import { type ClusterSettings, clusterSettings } from '../../options/cluster-settings.ts';
import type { Flags } from '../../options/command-options.ts';
import { wrapped } from '../../render/text-width.ts';
import { settingsLines } from '../up/settings-lines.ts';

/** Prints the plan of the known nodes, or of placeholders where too few are known. */
export async function runPlan(flags: Flags<'plan'>, context: CliContext): Promise<void> {
  const { io } = context;
  const settings = await clusterSettings(flags, io.env);
  await checkMirror(flags);
  for (const { text } of settingsLines(settings)) io.note(text);
  const { plan, runs } = await planFor(flags, settings, context);
  const path = criticalPath(plan, estimator(recordedSeconds(runs)));
  if (io.json) return io.line({ type: 'plan', mode: 'apply', plan, criticalPath: path });
  if (flags.output === 'mermaid') return void io.stdout.write(`${renderMermaid(plan).trimEnd()}\n`);
  const lines = `${renderText(plan)}\n${renderCriticalPath(path)}`.trimEnd().split('\n');
  for (const line of lines.flatMap((one) => wrapped(one, io.width, '      '))) io.say(line);
}

/** A plan, and the finished runs, newest first, whose times tell how long it may take. */
interface TimedPlan {
  plan: Plan;
  runs: readonly RunView[];
}

/** So many earlier runs are asked for their times. */
const MOST_RUNS = 5;

async function earlierRuns(client: ApiClient): Promise<RunView[]> {
  const finished = (await client.runs())
    .filter(({ mode, job, finishedAt }) => mode === 'apply' && job === undefined && finishedAt !== undefined)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return await Promise.all(finished.slice(0, MOST_RUNS).map(({ runId }) => client.run({ id: runId })));
}

async function planFor(flags: Flags<'plan'>, settings: ClusterSettings, context: CliContext): Promise<TimedPlan> {
  const { coordinator } = settings;
  if (!(await hasState(coordinator.stateDir)))
    return { plan: await ofPlaceholders(flags, settings, [], context), runs: [] };
  return await withCoordinator({ coordinator, hooks: context.hooks, start: 'existing' }, async ({ client }) => {
    const known = (await client.nodes()).filter((node) => node.status !== 'pending');
    const { config, remembered } = settings;
    const named = config.controlPlane ?? remembered.record?.run?.basis.config.controlPlane;
    const master = known.find(({ name }) => name === named) ?? known.find((node) => node.local);
    const runs = await earlierRuns(client);
    const count = settings.nodes ?? known.length;
    if (master === undefined || known.length < count)
      return { plan: await ofPlaceholders(flags, settings, known, context), runs };
    const others = known.filter((node) => node !== master).map(({ name }) => name);
    const names = [master.name, ...others.slice(0, count - 1)];
    return { plan: await client.plan(runRequestOf(flags, settings, names)), runs };
  });
}

/** How long a mirror tree may take to tell what it has, in milliseconds. */
const MIRROR_ANSWERS_MS = 60_000;

async function ofPlaceholders(
  flags: Flags<'plan'>,
  settings: ClusterSettings,
  known: NodeView[],
  { io, hooks }: CliContext,
): Promise<Plan> {
  const count = Math.max(1, settings.nodes ?? known.length);
  io.note(
    `${known.length === 0 ? 'no node is known yet' : `only ${known.length} of ${count} nodes are known`}: ` +
      `this is the plan of ${count} placeholder ${count === 1 ? 'node' : 'nodes'}, node1 the master`,
  );
  const nodes = placeholderNodes(count);
  const [controlPlane] = nodes;
  if (!controlPlane) throw new Error('a plan is of one node at least');
  const selection = {
    ...defined({ until: flags.until }),
    skip: flags.skip ?? [],
    limit: flags.limit ?? [],
  };
  const source = settings.mirror === FROM_INTERNET ? undefined : settings.mirror;
  const mirror = source !== undefined;
  const arches = nodes.map(({ facts }) => facts.arch);
  const images =
    source === undefined ? {} : await hooks.mirrorImages(source, arches, AbortSignal.timeout(MIRROR_ANSWERS_MS));
  // No coordinator has a certificate yet, nor the master an address.
  const urls = [`https://${controlPlane.address}:${settings.coordinator.httpsPort}`];
  const input = { config: settings.config, nodes, controlPlane, mirror, ...images };
  return buildPlan({ ...input, ...(mirror ? { imageServer: { urls, ca: '' } } : {}) }, selection);
}

function runRequestOf(flags: Flags<'plan'>, settings: ClusterSettings, nodes: string[]): RunRequest {
  const [controlPlane] = nodes;
  return {
    config: { ...settings.config, ...defined({ controlPlane }) },
    nodes,
    mode: 'apply',
    skip: flags.skip ?? [],
    limit: flags.limit ?? [],
    settings: settings.said,
    ...defined({ until: flags.until, mirror: settings.mirror }),
  };
}
