import type { Facts, Finding, Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';

const hint = 'to start over on this host (this removes its workloads): kubeadm reset -f';

/**
 * Reports where the role and the version that the host already has in Kubernetes do not fit what the plan makes of it.
 */
export async function clusterFindings(host: Host, facts: Facts, params: Params<'preflight.host'>): Promise<Finding[]> {
  const { joined, controlPlane } = facts.kubernetes;
  if (!joined && !controlPlane) return [];
  const findings: Finding[] = [];
  if (params.role === 'worker' && controlPlane)
    findings.push({
      check: 'kubernetes',
      level: 'error',
      message: 'this host already is the control plane of a cluster, but is to be a worker',
      hint,
    });
  if (params.role !== 'worker' && joined && !controlPlane)
    findings.push({
      check: 'kubernetes',
      level: 'error',
      message: 'this host already is a worker of a cluster, but is to be the control plane',
      hint,
    });
  const { stdout, exitCode } = await host.run(['kubelet', '--version']);
  const version = exitCode === 0 ? /v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] : undefined;
  if (version !== undefined && version !== params.expectedKubernetes)
    findings.push({
      check: 'kubernetes',
      level: 'error',
      message: `this host runs Kubernetes ${version} in a cluster already; the plan wants ${params.expectedKubernetes}`,
      hint: `keep it: set versions.kubernetes to ${version} in the cluster file; or ${hint}`,
    });
  return findings;
}
