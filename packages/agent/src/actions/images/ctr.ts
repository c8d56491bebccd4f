import { parseImageReference } from '@vhive/shared';
import type { ActionContext } from '../kit/action.ts';
import { followCtr } from './follow-ctr.ts';
import { type CtrAccess, runAsUser } from './run-as-user.ts';

/** The namespace of containerd in which people prepare images: that of ctr and ctr-remote, apart from the kubelet's. */
export const WORKSHOP = 'default';

/** Where containerd finds how each registry is asked; see the phase `runtime`. */
const REGISTRY_CONFIG = '/etc/containerd/certs.d';

/** Returns the digest that a text names first; undefined where it names none. */
export const digestIn = (text: string): string | undefined => /sha256:[0-9a-f]{64}/.exec(text)?.[0];

/** Returns the digest of an image that containerd has in a namespace; undefined where it has none. */
export async function digestOf(
  ref: string,
  namespace: string,
  { host, signal }: ActionContext,
): Promise<string | undefined> {
  const result = await host.run(['ctr', '-n', namespace, 'images', 'ls', `name==${ref}`], { signal });
  return result.exitCode === 0 ? digestIn(result.stdout) : undefined;
}

/** What a run of ctr or ctr-remote ended with. */
export interface CtrResult {
  exitCode: number;
  /** What it said, without its progress: line by line, the last of them at most. */
  said: string[];
}

/** Runs ctr or ctr-remote, tells how it goes, and logs what else it says. */
export async function runCtr(argv: readonly string[], context: ActionContext, access?: CtrAccess): Promise<CtrResult> {
  const { said, onLine } = followCtr(context);
  const options = { signal: context.signal, onLine };
  const result = access ? await runAsUser(argv, access, context.host, options) : await context.host.run(argv, options);
  // A command that could not be started has said so without a line.
  return { exitCode: result.exitCode, said: said.length > 0 ? said : result.stderr.trim().split('\n') };
}

/** The params of an action that asks a registry. */
interface RegistryParams {
  /** The name of the image in the registry. */
  ref: string;
  /** Its name in containerd, where that is another one. */
  own?: string;
  platform: string;
  plainHttp: boolean;
  credentials?: Parameters<ActionContext['open']>[0] | undefined;
}

/** Pulls or pushes an image between its registry and containerd, with the credentials of the params. */
export async function transfer(
  verb: 'pull' | 'push',
  { ref, own, platform, plainHttp, credentials }: RegistryParams,
  context: ActionContext,
): Promise<CtrResult> {
  const access = credentials === undefined ? undefined : accessOf(context.open(credentials), context);
  const argv = [
    ...['ctr', '-n', WORKSHOP, 'images', verb, '--hosts-dir', REGISTRY_CONFIG],
    ...(plainHttp ? ['--plain-http'] : []),
    ...(access === undefined ? [] : ['--user', access.user]),
    ...['--platform', platform, ref, ...(own === undefined ? [] : [own])],
  ];
  context.progress(`${verb === 'pull' ? 'asking' : 'pushing to'} ${parseImageReference(ref).registry}`);
  return await runCtr(argv, context, access);
}

function accessOf(opened: string, context: ActionContext): CtrAccess {
  const colon = opened.indexOf(':');
  const [user, secret] = [opened.slice(0, colon), opened.slice(colon + 1)];
  context.redact(secret);
  return { user, secret };
}
