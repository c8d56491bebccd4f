import { output, type Step } from '@vhive/shared';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import { milestone, nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { memberStep } from './join.ts';

const PHASE = 'network';
const rangeStep = (node: PlanNode) => stepId('network-range', node.name);
const routesStep = (node: PlanNode) => stepId('network-routes', node.name);
const RANGES = stepId(PHASE, 'ranges');

/** The step after which a node has its own bridge, which is all that its readiness needs. */
export const bridgeStep = (node: PlanNode) => stepId(PHASE, node.name);

/**
 * Makes the steps of the bridge network: a bridge on every node with the range of addresses that Kubernetes gave the
 * node, and routes to the other nodes' ranges by way of their LAN addresses. The bridge needs nothing of other nodes.
 * The routes wait until every node has its range or has dropped out of the run, and leave out those without one.
 */
export function bridgeSteps(context: PhaseContext): Step[] {
  const { nodes } = context;
  const routes = nodes.length === 1 ? [] : nodes.map((node) => setRoutes(context, node));
  return [
    ...nodes.flatMap((node) => [readRange(context, node), bridge(context, node)]),
    ...(routes.length === 0
      ? []
      : [milestone(PHASE, RANGES, 'all nodes have their ranges', { after: nodes.map(rangeStep) })]),
    ...routes,
  ];
}

function readRange(context: PhaseContext, node: PlanNode): Step {
  return nodeStep(context, PHASE, node, {
    id: rangeStep(node),
    executor: context.controlPlane.name,
    title: 'range of pod addresses',
    needs: [memberStep(context, node)],
    tasks: [
      task(
        'range',
        'Kubernetes has given the node a range of pod addresses',
        'kubernetes.wait',
        {
          for: { type: 'node-registered', node: node.name },
        },
        { timeLimitMs: 3 * 60_000 },
      ),
    ],
    policy: { retries: 1 },
    group: { name: 'network-range', limit: 100 },
  });
}

function bridge(context: PhaseContext, node: PlanNode): Step {
  return nodeStep(context, PHASE, node, {
    title: 'bridge',
    needs: [rangeStep(node)],
    tasks: [
      task('bridge', 'the bridge cni0 for pods', 'file', {
        state: 'present',
        path: '/etc/cni/net.d/10-vhive.conflist',
        content: output(rangeStep(node), 'range', 'podCidr', { within: conflist }),
      }),
    ],
  });
}

/**
 * The CNI configuration, in which `{value}` stands for the node's range. Traffic between pods is not masqueraded,
 * because nodes have routes to each other's ranges.
 */
const conflist = `${JSON.stringify(
  {
    cniVersion: '0.4.0',
    name: 'vhive',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: '{value}' }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  },
  null,
  2,
)}\n`;

function setRoutes(context: PhaseContext, node: PlanNode): Step {
  const others = context.nodes.filter((other) => other.name !== node.name);
  return nodeStep(context, PHASE, node, {
    id: routesStep(node),
    title: 'routes to other nodes’ pods',
    needs: [bridgeStep(node), RANGES],
    tasks: [
      task('routes', `routes to the pods of ${others.length} other nodes`, 'routes', {
        unit: 'vhive-pod-routes.service',
        routes: others.map((other) => ({
          destination: output(rangeStep(other), 'range', 'podCidr', { optional: true }),
          via: other.address,
        })),
      }),
    ],
  });
}
