import type { Params } from '@vhive/shared';
import { condition } from './condition.ts';
import { daemonsetReady } from './daemonset-ready.ts';
import { deploymentAvailable } from './deployment-available.ts';
import { nodeReady, nodeRegistered } from './node.ts';
import { podsSettled } from './pods-settled.ts';
import { serviceAddress, serviceClusterIp } from './service.ts';
import type { WaitTarget } from './wait-target.ts';
import { webhooksReady } from './webhooks-ready.ts';

/** The targets that are watched. The target `api-server` is not one of them, because the server is asked directly. */
type Watched = Exclude<Params<'kubernetes.wait'>['for'], { type: 'api-server' }>;

const targets: { [T in Watched['type']]: (target: Extract<Watched, { type: T }>) => WaitTarget } = {
  'node-ready': nodeReady,
  'node-registered': nodeRegistered,
  'deployment-available': deploymentAvailable,
  'daemonset-ready': daemonsetReady,
  'webhooks-ready': webhooksReady,
  'service-address': serviceAddress,
  'service-cluster-ip': serviceClusterIp,
  condition,
  'pods-settled': podsSettled,
};

/** Returns the rules of a thing that one can wait for. */
export function waitTarget(target: Watched): WaitTarget {
  return (targets[target.type] as (target: Watched) => WaitTarget)(target);
}
