import type { Finding } from '@vhive/shared';
import { atLeast } from '../../versions/resolve.ts';
import type { PhaseContext, PlanNode } from './context.ts';

/**
 * The first Kubernetes whose kubelet and kubeadm refuse hosts with cgroup version 1 unless they are told not to
 * (KEP-5573): `failCgroupV1` of the kubelet is true by default, and SystemVerification of kubeadm fails.
 */
const FIRST_THAT_REFUSES = '1.35.0';

type Wanted = Pick<PhaseContext, 'versions'>;

/**
 * Whether Kubernetes has to be told that it may run on a node although the node boots with cgroup version 1. A cluster
 * file that says `failCgroupV1: true` gets no plan with such nodes.
 */
export function acceptsCgroupV1({ versions }: Wanted, { facts }: Pick<PlanNode, 'facts'>): boolean {
  return facts.cgroupVersion === 1 && atLeast(versions.kubernetes, FIRST_THAT_REFUSES);
}

/** How an operator makes a host boot with cgroup version 2. */
export const HOW_TO_BOOT_V2 =
  'boot with version 2: systemd.unified_cgroup_hierarchy=1 on the kernel’s command line (GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub and a reboot)';

/** Says which nodes boot with cgroup version 1, what is done about it, and what would be better. */
export function cgroupFindings(context: Wanted & Pick<PhaseContext, 'touched'>): Finding[] {
  const nodes = context.touched.filter((node) => acceptsCgroupV1(context, node));
  if (nodes.length === 0) return [];
  const names = nodes.map(({ name }) => name).join(', ');
  return [
    {
      check: 'cgroup version',
      level: 'warning',
      message: `Kubernetes ${context.versions.kubernetes} no longer supports cgroup version 1, with which ${names} ${nodes.length === 1 ? 'boots' : 'boot'}: the kubelet there is told to run all the same (failCgroupV1: false), and kubeadm to ignore SystemVerification`,
      hint: HOW_TO_BOOT_V2,
    },
  ];
}
