import type { Params } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed, failedForGood } from '../kit/failures.ts';
import { journal, systemctl } from '../systemd/systemctl.ts';
import { unitStatus } from '../systemd/unit-status.ts';
import {
  apiServerManifest,
  bootstrapKubeletConf,
  caCertificate,
  kubeletClientCertificate,
  kubeletConf,
} from './paths.ts';
import { kubeadmState, setKubeadmState } from './records.ts';
import { resetHalfMade } from './reset.ts';
import { runKubeadmWithConfiguration } from './run-kubeadm.ts';

type JoinParams = Params<'kubeadm.join'>;

/**
 * The registration of the node is awaited for this many milliseconds. A kubelet that has its certificate registers its
 * node within seconds.
 */
const REGISTRATION_MS = 60_000;

/**
 * Tells whether the kubelet has the credentials of a cluster. Throws when that is another cluster than the wanted one.
 */
async function hasCredentials({ endpoint }: JoinParams, { host }: ActionContext): Promise<boolean> {
  const conf = (await host.readFile(kubeletConf))?.toString();
  if (conf === undefined || (await host.stat(kubeletClientCertificate)) === undefined) return false;
  const server = /server:\s*https?:\/\/(\S+)/.exec(conf)?.[1];
  if (server !== undefined && server !== endpoint)
    throw failedForGood(`this host already is a node of the cluster at ${server}, not of the one at ${endpoint}`, {
      hint: 'take it out of that cluster first: kubeadm reset -f',
    });
  return true;
}

async function kubeletRuns({ host, signal }: ActionContext): Promise<boolean> {
  return (await unitStatus(host, 'kubelet.service', signal))?.active === 'active';
}

/** Whether there are files at which `kubeadm join` would stop with "already exists". */
async function hasTraces({ host }: ActionContext): Promise<boolean> {
  for (const path of [kubeletConf, bootstrapKubeletConf, caCertificate]) if (await host.stat(path)) return true;
  return false;
}

/**
 * Finishes a join whose node is a member already, while its kubelet is down or kubeadm was cut off after it got the
 * certificate. A reset would not help: the node object stays Ready for a while, and kubeadm refuses to join under the
 * name of a Ready node.
 */
async function finishJoin({ nodeName, criSocket }: JoinParams, context: ActionContext): Promise<void> {
  const { host, streamed } = context;
  if (!(await kubeletRuns(context))) await systemctl(context, ['restart', 'kubelet.service'], 'kubelet.service');
  if ((await kubeadmState(context, 'kubeadm.join')) !== 'started') return;
  // This is what kubeadm does last. The file holds the bootstrap token, and the annotation serves later kubeadm
  // commands.
  await host.remove(bootstrapKubeletConf);
  const limit = AbortSignal.timeout(REGISTRATION_MS);
  try {
    const api = await host.kubernetes(kubeletConf);
    await api.waitFor({ apiVersion: 'v1', kind: 'Node', name: nodeName }, (node) => node !== undefined, {
      signal: AbortSignal.any([context.signal, limit]),
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!limit.aborted) throw error;
    throw failed(`the kubelet has not registered the node ${nodeName} within ${REGISTRATION_MS / 1000} s`, {
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
  await setKubeadmState(context, 'kubeadm.join', 'finished');
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
    if (!(await hasCredentials(params, context)) || (await kubeadmState(context, 'kubeadm.join')) === 'started')
      return { converged: false, changes: [`${params.nodeName} joins the cluster at ${params.endpoint}`] };
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
    if (await hasTraces(context)) {
      context.log('an earlier kubeadm join was cut off: kubeadm reset first');
      await resetHalfMade(context, params.criSocket);
    }
    await setKubeadmState(context, 'kubeadm.join', 'started');
    const result = await runKubeadmWithConfiguration(
      context,
      ['join'],
      [
        {
          apiVersion: params.apiVersion,
          kind: 'JoinConfiguration',
          discovery: {
            bootstrapToken: {
              token: bootstrapToken,
              apiServerEndpoint: params.endpoint,
              caCertHashes: [params.caCertHash],
            },
          },
          nodeRegistration: { name: params.nodeName, criSocket: params.criSocket },
          ...(params.patchesDirectory === null ? {} : { patches: { directory: params.patchesDirectory } }),
        },
      ],
    );
    if (result.exitCode !== 0)
      throw commandFailed('kubeadm join', result, {
        hint: joinHint(result.stdout + result.stderr, params),
      });
    await setKubeadmState(context, 'kubeadm.join', 'finished');
    return undefined;
  },
};
