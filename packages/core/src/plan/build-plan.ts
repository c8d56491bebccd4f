import { type ClusterConfig, type Finding, type Plan, plan as planSchema, type Step } from '@vhive/shared';
import { loadBalancerPool } from '../addresses/load-balancer-pool.ts';
import { features } from '../features.ts';
import type { ImageServer, Phase, PhaseContext, PlanNode } from '../phases/index.ts';
import { phaseFacts } from '../phases/kit/phase-facts.ts';
import { resolveVersions } from '../versions/resolve.ts';
import { checkPlan } from './check-plan.ts';
import { checkLimit, limitToNodes } from './limit-to-nodes.ts';
import { selectPhases } from './select-phases.ts';
import { withTimeForSlowHosts } from './slow-hosts.ts';
import { productStack, type Stack } from './stack.ts';

/** What a plan is made from. */
export interface PlanInput {
  config: ClusterConfig;
  nodes: readonly PlanNode[];
  /** The node of the control plane, which is one of the nodes. */
  controlPlane: PlanNode;
  /** Whether artifacts come from a mirror tree. */
  mirror: boolean;
  /** The references of the images that the mirror tree has. By default there are none. */
  mirrorImages?: readonly string[];
  /** Those of them that can be passed on under their publishers' digests. By default there are none. */
  publishedImages?: readonly string[];
  /** Where nodes ask for the images of the mirror tree. Without it they are given all of them beforehand. */
  imageServer?: ImageServer;
  /** What was found out about these nodes before the plan, which preflight passes on. By default there is nothing. */
  findings?: readonly Finding[];
}

/** The part of the plan that is wanted. */
export interface PlanSelection {
  /** The last phase to run. */
  until?: string;
  /** The phases to leave out. */
  skip?: readonly string[];
  /**
   * The nodes to whose steps the plan is limited, together with the steps whose outputs these need. An empty list means
   * all nodes.
   */
  limit?: readonly string[];
}

/**
 * Makes the plan: all steps of all enabled phases in topological order, checked. It is pure. It throws a VhiveError
 * `usage` for unknown phases or nodes and for skipped phases whose outputs others need, and `internal` when a phase is
 * wrong. `stack` is the product's own unless a test brings one.
 */
export function buildPlan(input: PlanInput, selection: PlanSelection = {}, stack: Stack = productStack): Plan {
  const limit = selection.limit ?? [];
  const chosen = new Set(selectPhases(stack.phases, selection));
  const context = phaseContext(input, limit, stack);
  const enabled = stack.phases.filter((phase) => phase.enabled?.(context) ?? true);
  const facts = phaseFacts(enabled, context, stack.catalogue);
  const stepsOf = new Map(stack.phases.map((phase) => [phase, phase.steps({ ...context, facts })]));
  const stepsOfAll = (wanted: readonly Phase[]) => wanted.flatMap((phase) => stepsOf.get(phase) ?? []);
  const steps = limitToNodes(stepsOfAll(enabled.filter((phase) => chosen.has(phase))), limit);
  const possible = new Set(stepsOfAll(stack.phases).map(({ id }) => id));
  const skipped = enabled.filter(({ name }) => selection.skip?.includes(name));
  checkPlan(steps, { possible, skipped: stepsOfAll(skipped) });
  return planOf(context, steps, stack.phases);
}

/** Derives what phases need to know of the cluster before any of them makes its steps. */
function phaseContext(
  {
    config,
    nodes,
    controlPlane,
    mirror,
    mirrorImages = [],
    publishedImages = [],
    imageServer,
    findings = [],
  }: PlanInput,
  limit: readonly string[],
  { catalogue }: Stack,
): PhaseContext {
  checkLimit(limit, nodes);
  const workers = nodes
    .filter((node) => node.name !== controlPlane.name)
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return {
    config,
    features: features(config),
    versions: resolveVersions(config, catalogue),
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
    publishedImages,
    imageServer,
    findings,
  };
}

/**
 * Turns the checked steps into a plan. Where a step waits for one that is not in this plan because only a part of the
 * whole is wanted, that wait is left out.
 */
function planOf({ nodes, controlPlane }: PhaseContext, steps: readonly Step[], phases: readonly Phase[]): Plan {
  const ids = new Set(steps.map((step) => step.id));
  const present = (names: readonly string[]) => names.filter((id) => ids.has(id));
  const used = new Set(steps.map((step) => step.phase));
  return planSchema.parse({
    phases: phases.filter((phase) => used.has(phase.name)).map(({ name, title }) => ({ name, title })),
    controlPlane: controlPlane.name,
    nodes: nodes.map((node) => node.name),
    steps: steps.map((step) => {
      return { ...withTimeForSlowHosts(step, nodes), needs: present(step.needs), after: present(step.after) };
    }),
  });
}
