import type { Action, ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { hostState } from './host-state.ts';
import { removeNetworkLeftovers } from './leftovers.ts';
import { foreignHint, isOurCluster, somePaths } from './ownership.ts';
import { adminConf, bootstrapKubeletConf, kubeletConf, kubeletConfiguration } from './paths.ts';
import { resetKubeadm } from './reset.ts';

/** Root's copy of the admin credentials, which `kubeadm.init` made. */
const ROOT_KUBECONFIG = '/root/.kube/config';

async function traces({ host }: ActionContext): Promise<string[]> {
  const found: string[] = [];
  for (const path of [adminConf, kubeletConf, bootstrapKubeletConf, kubeletConfiguration, '/var/lib/etcd/member'])
    if (await host.stat(path)) found.push(path);
  for (const name of await host.list('/etc/kubernetes/manifests'))
    if (/\.ya?ml$/.test(name)) found.push(`/etc/kubernetes/manifests/${name}`);
  return found;
}

/** The action `kubeadm.reset`, whose contract says what it does. */
export const kubeadmReset: Action<'kubeadm.reset'> = {
  async check(_params, context) {
    const found = await traces(context);
    if (found.length === 0) return { converged: true, outputs: {} };
    return { converged: false, changes: found.map((path) => `${path}: is removed`) };
  },
  async apply({ criSocket }, context) {
    const { host } = context;
    if (!(await isOurCluster(context, await hostState(host))))
      throw failedForGood(`vHive did not make the cluster of this host: ${somePaths(await traces(context))}`, {
        hint: foreignHint,
      });
    const credentials = await host.readFile(adminConf);
    await resetKubeadm(context, criSocket);
    await removeNetworkLeftovers(context);
    // Root's kubeconfig is removed only if it is a copy of this cluster's credentials. Those of another cluster must
    // stay.
    const copy = await host.readFile(ROOT_KUBECONFIG);
    if (credentials && copy?.equals(credentials)) await host.remove(ROOT_KUBECONFIG);
    for (const path of await traces(context)) await host.remove(path, { recursive: true });
    return undefined;
  },
};
