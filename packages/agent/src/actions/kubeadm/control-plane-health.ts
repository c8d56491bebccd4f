import type { Host } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { adminConf, apiServerManifest } from './paths.ts';

/** How the control plane on a host stands. */
export interface ControlPlaneHealth {
  /** kubeadm made static pods here. */
  manifests: boolean;
  /** The API server answers on /readyz with the admin credentials. */
  ready: boolean;
  /** Version of the API server by its manifest, without v. */
  version: string | undefined;
}

/** A server that is up answers at once; this long is waited in a mere look, milliseconds. */
const LOOK_MS = 5_000;

/** Whether the API server becomes ready within a time. */
export async function isReadyWithin(context: ActionContext, milliseconds: number): Promise<boolean> {
  const api = await context.host.kubernetes(adminConf).catch(() => undefined);
  if (api === undefined) return false;
  try {
    await api.ready({ signal: AbortSignal.any([context.signal, AbortSignal.timeout(milliseconds)]) });
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

/** Looks, changes nothing. */
export async function controlPlaneHealth(context: ActionContext): Promise<ControlPlaneHealth> {
  const { host } = context;
  const manifests = (await host.stat(apiServerManifest)) !== undefined;
  const credentials = (await host.stat(adminConf)) !== undefined;
  return {
    manifests,
    ready: manifests && credentials && (await isReadyWithin(context, LOOK_MS)),
    version: await manifestVersion(host),
  };
}

/** Whether kubeadm's last phase (the kube-proxy add-on) was reached: tells a finished init whose record was lost. */
export async function hasAddOns(context: ActionContext): Promise<boolean> {
  const api = await context.host.kubernetes(adminConf);
  const proxy = await api.get(
    { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
    { signal: context.signal },
  );
  return proxy !== undefined;
}
