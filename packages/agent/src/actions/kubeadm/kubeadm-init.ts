import type { Params } from '@vhive/shared';
import * as z from 'zod';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed, failedForGood } from '../kit/failures.ts';
import { fileChanges } from '../kit/managed-file.ts';
import { forgetRestarts, journal } from '../systemd/systemctl.ts';
import { caCertHash } from './ca-cert-hash.ts';
import { type ControlPlaneHealth, controlPlaneHealth, hasAddOns, isReadyWithin } from './control-plane-health.ts';
import { deleteDefaultBootstrapToken } from './default-bootstrap-token.ts';
import { hostState } from './host-state.ts';
import { kubeconfigFiles, writeKubeconfig } from './kubeconfigs.ts';
import { kubeletWords } from './kubelet-words.ts';
import { caCertificate } from './paths.ts';
import { kubeadmState, setKubeadmRecord } from './records.ts';
import { preflightRefusal } from './refusal/preflight-refusal.ts';
import { makeWay, resetsBefore } from './reset.ts';
import { runKubeadmWithConfiguration } from './run-kubeadm.ts';
import { removeTaints, taintedNodes } from './taints.ts';

type InitParams = Params<'kubeadm.init'>;

/** A finished control plane that was stopped or is booting gets this many milliseconds to answer; longer on slow hosts. */
const RECOVERY_MS = 180_000;

const initConfiguration = z.object({
  kind: z.literal('InitConfiguration'),
  localAPIEndpoint: z.looseObject({ bindPort: z.number().int().default(6443) }).prefault({}),
});

function endpointOf({ advertiseAddress, configuration }: InitParams): string {
  const port = configuration.flatMap((document) => {
    const parsed = initConfiguration.safeParse(document);
    return parsed.success ? [parsed.data.localAPIEndpoint.bindPort] : [];
  })[0];
  return `${advertiseAddress}:${port ?? 6443}`;
}

/** Whether the control plane is ready and was not cut off before kubeadm's last phase. */
async function isComplete(health: ControlPlaneHealth, context: ActionContext): Promise<boolean> {
  if (!health.ready) return false;
  return (await kubeadmState(context, 'kubeadm.init')) !== 'started' || (await hasAddOns(context));
}

function refuseOtherVersion({ version }: ControlPlaneHealth, { kubernetesVersion }: InitParams): void {
  if (version === undefined || version === kubernetesVersion) return;
  throw failedForGood(`the control plane here runs Kubernetes ${version}; the plan wants ${kubernetesVersion}`, {
    hint: `keep it: set versions.kubernetes to ${version} in the cluster file; or start over (this removes all workloads): kubeadm reset -f`,
  });
}

/** Returns the hash of the CA that is on the host; null while there is none. */
async function caOf({ host }: ActionContext): Promise<string | null> {
  return (await hostState(host)).caCertHashes[0] ?? null;
}

/** Runs `kubeadm init` on a host on which nothing is in the way, and keeps a record of what it makes. */
async function initialise(params: InitParams, context: ActionContext): Promise<void> {
  // Nothing is there yet, so whatever is found after a kill is ours.
  await setKubeadmRecord(context, 'kubeadm.init', { state: 'started', ca: null });
  const result = await runKubeadmWithConfiguration(context, ['init', '--skip-token-print'], params.configuration);
  if (result.exitCode !== 0) {
    const { traces, etcdData } = await hostState(context.host);
    // From now on the record holds for this CA only: somebody may make another cluster here by hand. kubeadm makes
    // nothing when its own preflight refuses the host.
    const ca = await caOf(context);
    const nothingMade = traces.length === 0 && etcdData.length === 0;
    await setKubeadmRecord(context, 'kubeadm.init', nothingMade ? null : { state: 'started', ca });
    const refusal = preflightRefusal('kubeadm init', result);
    if (refusal !== undefined) throw refusal;
    for (const line of await journal(context, 'kubelet.service')) context.log(`kubelet: ${line}`);
    throw commandFailed('kubeadm init', result, {
      hint: [...(await kubeletWords(context)), 'journalctl -u kubelet -n 50; crictl ps -a'].join('; '),
    });
  }
}

/** Refuses to touch a control plane that was finished, or that vHive did not make. */
async function refuseOtherControlPlane(health: ControlPlaneHealth, context: ActionContext): Promise<void> {
  if (!health.manifests || (await kubeadmState(context, 'kubeadm.init')) === 'started') return;
  throw failedForGood(
    'there is a control plane on this host that vHive did not make, and its API server does not answer',
    {
      hint: 'repair it, or remove it with all its data: kubeadm reset -f',
    },
  );
}

/** The action `kubeadm.init`, whose contract says what it does. */
export const kubeadmInit: Action<'kubeadm.init'> = {
  async check(params, context) {
    const { host } = context;
    const health = await controlPlaneHealth(context);
    if (health.ready) refuseOtherVersion(health, params);
    if (!(await isComplete(health, context)))
      return {
        converged: false,
        changes: [
          ...(await resetsBefore(context)),
          health.manifests && (await kubeadmState(context, 'kubeadm.init')) === 'finished'
            ? 'the control plane is started again'
            : `kubeadm init of Kubernetes ${params.kubernetesVersion}`,
        ],
      };
    const changes: string[] = [];
    for (const file of await kubeconfigFiles(host, params.operatorUser))
      changes.push(...(await fileChanges(host, file)));
    if (params.removeTaint)
      for (const { node, taints } of await taintedNodes(context)) changes.push(`${node}: without ${taints.join(', ')}`);
    // Else a later look, when its API server is down, would take it for half made.
    if ((await kubeadmState(context, 'kubeadm.init')) === 'started')
      changes.push('kubeadm init had ended: it is recorded as finished');
    if (changes.length > 0) return { converged: false, changes };
    const certificate = await host.readFile(caCertificate);
    if (certificate === undefined) throw failed(`${caCertificate} is missing`);
    return {
      converged: true,
      outputs: { endpoint: endpointOf(params), caCertHash: caCertHash(certificate) },
    };
  },

  async apply(params, context) {
    const health = await controlPlaneHealth(context);
    if (health.ready) refuseOtherVersion(health, params);
    if (!(await isComplete(health, context))) {
      if ((await kubeadmState(context, 'kubeadm.init')) === 'finished' && health.manifests) {
        // A finished control plane is never deleted, because it holds the cluster. It may only be down.
        await context.host.run(['systemctl', 'start', 'kubelet.service'], context.streamed);
        if (!(await isReadyWithin(context, RECOVERY_MS * context.patience)))
          throw failed('the control plane of this cluster does not come up', {
            hint: 'journalctl -u kubelet -n 50; crictl ps -a',
            lastLines: await journal(context, 'kubelet.service'),
          });
      } else {
        await refuseOtherControlPlane(health, context);
        await makeWay(context, { criSocket: params.criSocket, needsEmptyEtcd: true });
        await initialise(params, context);
        if (!(await isReadyWithin(context, RECOVERY_MS * context.patience)))
          throw failed('kubeadm init ended, but the API server is not ready', {
            hint: 'crictl ps -a; journalctl -u kubelet -n 50',
          });
        // Until now the kubelet could only fail and be restarted, which is no illness.
        await forgetRestarts(context, 'kubelet.service');
      }
    }
    await deleteDefaultBootstrapToken(context);
    // A control plane that was here before stays without a record: it is used, and never reset.
    if ((await kubeadmState(context, 'kubeadm.init')) !== undefined)
      await setKubeadmRecord(context, 'kubeadm.init', { state: 'finished', ca: await caOf(context) });
    for (const file of await kubeconfigFiles(context.host, params.operatorUser))
      await writeKubeconfig(context.host, file);
    if (params.removeTaint) await removeTaints(context);
    return undefined;
  },
};
