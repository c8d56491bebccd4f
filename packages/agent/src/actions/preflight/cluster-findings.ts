import type { HostFinding, Params } from '@vhive/shared';
import type { ActionContext } from '../kit/action.ts';
import { type HostState, hostState } from '../kubeadm/host-state.ts';
import { foreignHint, ownership, somePaths } from '../kubeadm/ownership.ts';
import { etcdData } from '../kubeadm/paths.ts';

const hint = 'to start over on this host (this removes its workloads): kubeadm reset -f';

/** What the check found, with what the host is in a cluster already. */
export interface ClusterLook {
  state: HostState;
  findings: HostFinding[];
}

/**
 * Looks at what the host already is in a Kubernetes cluster: reports where that does not fit what the plan makes of it,
 * and what stands in the way that vHive did not make and must not wipe.
 */
export async function lookAtCluster(context: ActionContext, params: Params<'preflight.host'>): Promise<ClusterLook> {
  const state = await hostState(context.host);
  const inCluster = state.member || state.controlPlane;
  const findings = inCluster
    ? [...(await roleFindings(context, state, params)), ...(await versionFindings(context, params))]
    : await leftoverFindings(context, state, params);
  return { state, findings: findings.map((finding) => ({ check: 'kubernetes' as const, ...finding })) };
}

type Found = Omit<HostFinding, 'check'>;

async function roleFindings(
  context: ActionContext,
  state: HostState,
  { role }: Params<'preflight.host'>,
): Promise<Found[]> {
  const { member, controlPlane } = state;
  if (role === 'worker' && controlPlane)
    return [
      { level: 'error', message: 'this host already is the control plane of a cluster, but is to be a worker', hint },
    ];
  // A control plane whose init was cut off may have a kubelet with credentials already.
  if (role !== 'worker' && member && !controlPlane && !(await ownership(context, state)).etcdData)
    return [
      { level: 'error', message: 'this host already is a worker of a cluster, but is to be the control plane', hint },
    ];
  return [];
}

async function versionFindings(
  { host }: ActionContext,
  { expectedKubernetes }: Params<'preflight.host'>,
): Promise<Found[]> {
  const { stdout, exitCode } = await host.run(['kubelet', '--version']);
  const version = exitCode === 0 ? /v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] : undefined;
  if (version === undefined || version === expectedKubernetes) return [];
  return [
    {
      level: 'error',
      message: `this host runs Kubernetes ${version} in a cluster already; the plan wants ${expectedKubernetes}`,
      hint: `keep it: set versions.kubernetes to ${version} in the cluster file; or ${hint}`,
    },
  ];
}

/** Reports what a host holds of a cluster without being a node of one. */
async function leftoverFindings(
  context: ActionContext,
  state: HostState,
  { role }: Params<'preflight.host'>,
): Promise<Found[]> {
  const owned = await ownership(context, state);
  const foreign = owned.traces ? [] : state.traces;
  const foreignEtcd = owned.etcdData ? [] : state.etcdData;
  if (foreign.length > 0 || (foreignEtcd.length > 0 && (role !== 'worker' || state.traces.length > 0)))
    return [
      {
        level: 'error',
        message: `this host is no node of a cluster, but holds files of one that vHive did not make: ${somePaths([...foreign, ...foreignEtcd])}`,
        hint: foreignHint,
      },
    ];
  const found: Found[] = [];
  if (foreignEtcd.length > 0)
    found.push({ level: 'warning', message: `${etcdData} holds data that is not ours; it is left alone` });
  if (state.traces.length > 0)
    found.push({
      level: 'warning',
      message: `an earlier try was cut off here: kubeadm reset removes ${somePaths(state.traces)}`,
    });
  return found;
}
