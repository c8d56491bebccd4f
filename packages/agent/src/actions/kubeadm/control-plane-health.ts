import { ignoring } from '@vhive/base/ignoring';
import type { Host } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { withReasons } from '../kit/with-reasons.ts';
import { kubeletWords } from './kubelet-words.ts';
import { adminConf, apiServerManifest } from './paths.ts';

/** The state of the control plane on a host. */
export interface ControlPlaneHealth {
  /** Whether kubeadm has made its static pods here. */
  manifests: boolean;
  /** Whether the API server answers on /readyz with the admin credentials. */
  ready: boolean;
  /** The version of the API server according to its manifest, without the letter v. */
  version: string | undefined;
}

/** A single look waits this many milliseconds for an answer; a server that is up answers at once. */
const LOOK_MS = 5_000;

/** Tells whether the API server becomes ready within a time. */
export async function isReadyWithin(context: ActionContext, milliseconds: number): Promise<boolean> {
  const api = await context.host
    .kubernetes(adminConf)
    .catch(ignoring('without credentials there is no API server to ask'));
  if (api === undefined) return false;
  try {
    const limit = AbortSignal.timeout(milliseconds);
    const ready = (signal: AbortSignal) => api.ready({ signal: AbortSignal.any([signal, limit]) });
    await withReasons(context, () => kubeletWords(context), ready);
    return true;
  } catch {
    context.signal.throwIfAborted();
    return false;
  }
}

async function manifestVersion(host: Host): Promise<string | undefined> {
  const manifest = (await host.readFile(apiServerManifest))?.toString() ?? '';
  return /image:\s*\S*kube-apiserver[^:\s]*:v([0-9][^\s@"]*)/.exec(manifest)?.[1];
}

/** Looks at the control plane of the host and changes nothing. */
export async function controlPlaneHealth(context: ActionContext): Promise<ControlPlaneHealth> {
  const { host } = context;
  const manifests = (await host.stat(apiServerManifest)) !== undefined;
  const credentials = (await host.stat(adminConf)) !== undefined;
  return {
    manifests,
    ready: manifests && credentials && (await isReadyWithin(context, LOOK_MS * context.patience)),
    version: await manifestVersion(host),
  };
}

/**
 * Tells whether kubeadm reached its last phase, the kube-proxy add-on. By this an init that finished is recognised even
 * when its record was lost.
 */
export async function hasAddOns(context: ActionContext): Promise<boolean> {
  const api = await context.host.kubernetes(adminConf);
  const proxy = await api.get(
    { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
    { signal: context.signal },
  );
  return proxy !== undefined;
}
