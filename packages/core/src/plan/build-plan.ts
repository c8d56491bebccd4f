import { type ClusterConfig, type Plan, plan as planSchema, type Step } from '@vhive/shared';
import { loadBalancerPool } from '../addresses/load-balancer-pool.ts';
import { type PhaseContext, type PlanNode, phases } from '../phases/index.ts';
import { resolveVersions } from '../versions/resolve.ts';
import { checkPlan } from './check-plan.ts';
import { checkLimit, limitToNodes } from './limit-to-nodes.ts';
import { selectPhases } from './select-phases.ts';

/** What a plan is made from. */
export interface PlanInput {
  config: ClusterConfig;
  nodes: readonly PlanNode[];
  /** One of the nodes. */
  controlPlane: PlanNode;
  /** Whether artifacts come from a mirror. */
  mirror: boolean;
  /** References of the images that the mirror has; default: none are loaded beforehand. */
  mirrorImages?: readonly string[];
}

/** Which part of the plan is wanted. */
export interface PlanSelection {
  /** Last phase to run. */
  until?: string;
  /** Phases to leave out. */
  skip?: readonly string[];
  /** Steps of these nodes only, with whatever they need the outputs of; empty: all. */
  limit?: readonly string[];
}

/**
 * The plan: all steps of all phases in topological order, checked. Pure. Throws a usage error for unknown phases or
 * nodes and for phases whose outputs others need; an internal error when a phase is wrong.
 */
export function buildPlan(input: PlanInput, selection: PlanSelection = {}): Plan {
  const limit = selection.limit ?? [];
  const context = contextOf(input, limit);
  const chosen = selectPhases(phases, selection);
  const steps = chosen.flatMap((phase) => phase.steps(context));
  const limited = limitToNodes(steps, limit);
  const skipped = phases.filter(({ name }) => selection.skip?.includes(name));
  return planOf(
    context,
    limited,
    skipped.flatMap((phase) => phase.steps(context)),
  );
}

function contextOf(
  { config, nodes, controlPlane, mirror, mirrorImages = [] }: PlanInput,
  limit: readonly string[],
): PhaseContext {
  checkLimit(limit, nodes);
  const workers = nodes
    .filter((node) => node.name !== controlPlane.name)
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return {
    config,
    versions: resolveVersions(config),
    nodes: [controlPlane, ...workers],
    controlPlane,
    workers,
    touched: [controlPlane, ...workers.filter(({ name }) => limit.length === 0 || limit.includes(name))],
    loadBalancerPool: loadBalancerPool(config.loadBalancer.pool, controlPlane, nodes, [
      config.network.podCidr,
      config.network.serviceCidr,
    ]),
    mirror,
    mirrorImages,
  };
}

function planOf({ nodes, controlPlane }: PhaseContext, steps: Step[], skipped: readonly Step[]): Plan {
  checkPlan(steps, skipped);
  const ids = new Set(steps.map((step) => step.id));
  const known = (names: readonly string[]) => names.filter((id) => ids.has(id));
  const used = new Set(steps.map((step) => step.phase));
  return planSchema.parse({
    phases: phases.filter((phase) => used.has(phase.name)).map(({ name, title }) => ({ name, title })),
    controlPlane: controlPlane.name,
    nodes: nodes.map((node) => node.name),
    steps: steps.map((step) => ({ ...step, needs: known(step.needs), after: known(step.after) })),
  });
}
