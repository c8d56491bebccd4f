import type { NodeView, Plan, RunRequest } from '@vhive/shared';
import { buildPlan, renderMermaid, renderText } from '../../plan/index.ts';
import { hasState, withCoordinator } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { mirrorOf } from '../options/coordinator-options.ts';
import { type ClusterFlags, type ClusterSettings, clusterSettings } from '../settings.ts';
import { placeholderNodes } from './placeholder-nodes.ts';

/** Values of the options of `plan`. */
export interface PlanFlags extends ClusterFlags {
  until?: string;
  skip?: string[];
  limit?: string[];
}

/** Prints the plan of the known nodes, or of placeholders where too few are known. */
export async function runPlan(flags: PlanFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const settings = await clusterSettings(flags, io.env);
  const plan = await planFor(flags, settings, context);
  if (io.json) return io.line({ type: 'plan', mode: 'apply', plan });
  io.stdout.write(`${(flags.output === 'mermaid' ? renderMermaid(plan) : renderText(plan)).trimEnd()}\n`);
}

async function planFor(flags: PlanFlags, settings: ClusterSettings, context: CliContext): Promise<Plan> {
  const { coordinator } = settings;
  if (!(await hasState(coordinator.stateDir))) return ofPlaceholders(flags, settings, [], context);
  return await withCoordinator({ coordinator, hooks: context.hooks, start: 'existing' }, async ({ client }) => {
    const known = (await client.nodes()).filter((node) => node.status !== 'pending');
    const master = known.find((node) => node.name === settings.config.controlPlane) ?? known.find((node) => node.local);
    const count = settings.nodes ?? known.length;
    if (master === undefined || known.length < count) return ofPlaceholders(flags, settings, known, context);
    const others = known.filter((node) => node !== master).map(({ name }) => name);
    return await client.plan(requestOf(flags, settings, [master.name, ...others.slice(0, count - 1)]));
  });
}

function ofPlaceholders(flags: PlanFlags, settings: ClusterSettings, known: NodeView[], { io }: CliContext): Plan {
  const count = Math.max(1, settings.nodes ?? known.length);
  io.stderr.write(
    `${known.length === 0 ? 'no node is known yet' : `only ${known.length} of ${count} nodes are known`}: ` +
      `this is the plan of ${count} placeholder ${count === 1 ? 'node' : 'nodes'}, node1 the master\n`,
  );
  const nodes = placeholderNodes(count);
  const [controlPlane] = nodes;
  if (!controlPlane) throw new Error('a plan is of one node at least');
  const selection = {
    ...(flags.until === undefined ? {} : { until: flags.until }),
    skip: flags.skip ?? [],
    limit: flags.limit ?? [],
  };
  return buildPlan({ config: settings.config, nodes, controlPlane, mirror: flags.mirror !== undefined }, selection);
}

function requestOf(flags: PlanFlags, settings: ClusterSettings, nodes: string[]): RunRequest {
  const [controlPlane] = nodes;
  return {
    config: { ...settings.config, ...(controlPlane === undefined ? {} : { controlPlane }) },
    nodes,
    mode: 'apply',
    skip: flags.skip ?? [],
    limit: flags.limit ?? [],
    ...(flags.until === undefined ? {} : { until: flags.until }),
    ...(flags.mirror === undefined ? {} : { mirror: mirrorOf(flags.mirror) }),
  };
}
