import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { messageOf, VhiveError } from '@vhive/shared';
import { exists } from '../files/exists.ts';

/** The credentials that kubeadm leaves on the control plane. */
const ADMIN_CONF = '/etc/kubernetes/admin.conf';

/** A kubeconfig file that was found, and what it says. */
export interface FoundKubeconfig {
  path: string;
  /** The namespace of its current context. */
  namespace: string;
  /** The address of the API server. */
  server: string;
}

/**
 * Finds the kubeconfig file as kubectl does: the given one, that of KUBECONFIG (the first of several that is there),
 * `~/.kube/config`; and on a control plane that of kubeadm. Throws `unreachable` where there is none, `usage` where it
 * cannot be read.
 */
export async function findKubeconfig(given: string | undefined, env: NodeJS.ProcessEnv): Promise<FoundKubeconfig> {
  if (given !== undefined) {
    if (await exists(given)) return read(given);
    throw new VhiveError({
      code: 'usage',
      message: `there is no file ${given}`,
      hint: 'name a kubeconfig file with --kubeconfig',
    });
  }
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  const places = named.length > 0 ? named : [join(env.HOME ?? homedir(), '.kube', 'config'), ADMIN_CONF];
  for (const path of places) if (await exists(path)) return read(path);
  throw new VhiveError({
    code: 'unreachable',
    message: `there is no kubeconfig file to reach the cluster with: ${places.join(', ')}`,
    hint: 'copy /etc/kubernetes/admin.conf of the master to ~/.kube/config, or name a file with --kubeconfig',
  });
}

function read(path: string): FoundKubeconfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // What the operating system says is explained elsewhere, with the path.
    if (code !== undefined) throw cause;
    throw new VhiveError({ code: 'usage', message: `${path} is no kubeconfig file: ${messageOf(cause)}`, cause });
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined)
    throw new VhiveError({
      code: 'usage',
      message: `${path} names no cluster as the current one`,
      hint: `kubectl --kubeconfig ${path} config get-contexts`,
    });
  const context = config.getContextObject(config.getCurrentContext());
  return { path, namespace: context?.namespace || 'default', server };
}
