import { exists } from '@vhive/base/files/exists';
import type { LabLog } from '../types.ts';
import { runTool } from './command.ts';

/**
 * The modules of the machine's kernel that containers, pods and services in the hosts need. Hosts cannot load them
 * themselves.
 */
const neededModules = ['overlay', 'br_netfilter', 'veth', 'bridge', 'vxlan', 'fuse', 'nf_conntrack', 'ip_tables'];

/**
 * Loads the modules that hosts need into the machine's kernel, where they are neither loaded nor built in. A kernel
 * without loadable modules has no modprobe to ask; whether something is missing then shows where it is used.
 */
export async function loadKernelModules(log: LabLog): Promise<void> {
  if (!(await exists('/lib/modules'))) return;
  for (const module of neededModules) {
    if (await exists(`/sys/module/${module}`)) continue;
    await runTool(['modprobe', '--quiet', module], { doing: `loading the kernel module ${module}` }).catch(() =>
      log(`the kernel module ${module} cannot be loaded; that is fine if the kernel has it built in`),
    );
  }
}
