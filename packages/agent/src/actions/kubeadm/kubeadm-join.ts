import type { Params } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed, failedForGood } from '../kit/failures.ts';
import { withReasons } from '../kit/with-reasons.ts';
import { forgetRestarts, journal, systemctl } from '../systemd/systemctl.ts';
import { unitStatus } from '../systemd/unit-status.ts';
import { joinConfiguration } from './configuration/join-configuration.ts';
import { hostState } from './host-state.ts';
import { kubeletWords } from './kubelet-words.ts';
import { apiServerManifest, bootstrapKubeletConf, kubeletConf } from './paths.ts';
import { kubeadmState, setKubeadmRecord } from './records.ts';
import { preflightRefusal } from './refusal/preflight-refusal.ts';
import { makeWay, resetsBefore } from './reset.ts';
import { runKubeadmWithConfiguration } from './run-kubeadm.ts';

type JoinParams = Params<'kubeadm.join'>;

/**
 * The registration of the node is awaited for this many milliseconds; longer on slow hosts. A kubelet that has its
 * certificate registers its node within seconds.
 */
const REGISTRATION_MS = 60_000;

/**
 * Tells whether the kubelet has the credentials of the cluster. Throws when they are those of another cluster, which its
 * CA tells, or when the cluster had another address when the host joined.
 */
async function hasCredentials({ endpoint, caCertHash }: JoinParams, { host }: ActionContext): Promise<boolean> {
  const { member, server, caCertHashes } = await hostState(host);
  if (!member) return false;
  const other = caCertHashes.find((hash) => hash !== caCertHash);
  if (other !== undefined)
    throw failedForGood(
      `this host is a node of another cluster, at ${server ?? 'an unknown address'}: its CA is ${other}, and that of the cluster at ${endpoint} is ${caCertHash}`,
      { hint: 'leave this host out; or, if its workloads may go, on this host: kubeadm reset -f' },
    );
  if (server !== null && server !== endpoint)
    throw failedForGood(`this host joined this cluster at ${server}, and the cluster is now to be at ${endpoint}`, {
      hint: 'a cluster keeps its network: choose the --lan of before',
    });
  return true;
}

async function kubeletRuns({ host, signal }: ActionContext): Promise<boolean> {
  return (await unitStatus(host, 'kubelet.service', signal))?.active === 'active';
}

/**
 * Finishes a join whose node is a member already, while its kubelet is down or kubeadm was cut off after it got the
 * certificate. A reset would not help: the node object stays Ready for a while, and kubeadm refuses to join under the
 * name of a Ready node.
 */
async function finishJoin({ nodeName, criSocket, caCertHash }: JoinParams, context: ActionContext): Promise<void> {
  const { host, streamed, patience } = context;
  if (!(await kubeletRuns(context))) await systemctl(context, ['restart', 'kubelet.service'], 'kubelet.service');
  if ((await kubeadmState(context, 'kubeadm.join')) !== 'started') return;
  // This is what kubeadm does last. The file holds the bootstrap token, and the annotation serves later kubeadm
  // commands.
  await host.remove(bootstrapKubeletConf);
  const limitMs = REGISTRATION_MS * patience;
  const limit = AbortSignal.timeout(limitMs);
  try {
    const api = await host.kubernetes(kubeletConf);
    const registered = (signal: AbortSignal) =>
      api.waitFor({ apiVersion: 'v1', kind: 'Node', name: nodeName }, (node) => node !== undefined, {
        signal: AbortSignal.any([signal, limit]),
      });
    await withReasons(context, () => kubeletWords(context), registered);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!limit.aborted) throw error;
    throw failed(`the kubelet has not registered the node ${nodeName} within ${limitMs / 1000} s`, {
      hint: 'journalctl -u kubelet -n 50',
      lastLines: await journal(context, 'kubelet.service'),
    });
  }
  const annotation = `kubeadm.alpha.kubernetes.io/cri-socket=${criSocket}`;
  const result = await host.run(
    ['kubectl', '--kubeconfig', kubeletConf, 'annotate', 'node', nodeName, annotation, '--overwrite'],
    streamed,
  );
  if (result.exitCode !== 0) throw commandFailed(`kubectl annotate node ${nodeName}`, result);
  await joined(context, caCertHash);
}

/** The node is a member. Until now its kubelet could only fail and be restarted, which is no illness. */
async function joined(context: ActionContext, ca: string): Promise<void> {
  await forgetRestarts(context, 'kubelet.service');
  await setKubeadmRecord(context, 'kubeadm.join', { state: 'finished', ca });
}

/** Tells what a failure of `kubeadm join` most likely means. */
function joinHint(output: string, { endpoint, nodeName }: JoinParams): string {
  if (/could not find a JWS signature|token.*(expired|invalid)|Unauthorized|not yet valid/i.test(output))
    return 'the bootstrap token expired, or the clocks of this host and the master disagree: timedatectl';
  if (/already exists in the cluster/i.test(output))
    return `another host has this name, or it was reset a moment ago; on the master: kubectl delete node ${nodeName}`;
  return `can this host reach ${endpoint}? journalctl -u kubelet -n 50`;
}

/** The action `kubeadm.join`, whose contract says what it does. */
export const kubeadmJoin: Action<'kubeadm.join'> = {
  async check(params, context) {
    const joins = `${params.nodeName} joins the cluster at ${params.endpoint}`;
    if (!(await hasCredentials(params, context)))
      return { converged: false, changes: [...(await resetsBefore(context)), joins] };
    if ((await kubeadmState(context, 'kubeadm.join')) === 'started') return { converged: false, changes: [joins] };
    if (!(await kubeletRuns(context))) return { converged: false, changes: ['kubelet.service: is started'] };
    return { converged: true, outputs: {} };
  },

  async apply(params, context) {
    if (await context.host.stat(apiServerManifest))
      throw failedForGood('this host is a control plane and cannot join as a worker', {
        hint: 'take it out of the list of workers, or remove its control plane: kubeadm reset -f',
      });
    if (await hasCredentials(params, context)) {
      await finishJoin(params, context);
      return undefined;
    }
    if (params.token === null)
      throw failedForGood(
        'no bootstrap token was made for this host, because it counted as joined; but it has not joined',
        {
          hint: 'look at the hosts anew: vhive-coord up, with the options of before',
        },
      );
    const bootstrapToken = context.open(params.token);
    context.redact(bootstrapToken);
    await makeWay(context, { criSocket: params.criSocket, needsEmptyEtcd: false });
    await setKubeadmRecord(context, 'kubeadm.join', { state: 'started', ca: params.caCertHash });
    const configuration = joinConfiguration(params, bootstrapToken);
    const result = await runKubeadmWithConfiguration(context, ['join'], [configuration]);
    if (result.exitCode !== 0)
      throw (
        preflightRefusal('kubeadm join', result) ??
        commandFailed('kubeadm join', result, {
          hint: [...(await kubeletWords(context)), joinHint(result.stdout + result.stderr, params)].join('; '),
        })
      );
    await joined(context, params.caCertHash);
    return undefined;
  },
};
