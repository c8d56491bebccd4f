import { readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { ignoring } from '@vhive/base/ignoring';
import { messageOf, VhiveError } from '@vhive/shared';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { stateDirOf } from '../../options/coordinator-options.ts';
import { readRemembered } from '../../options/remembered.ts';
import { mergeKubeconfig, readAdminKubeconfig } from './merge-kubeconfig.ts';

/** The credentials that kubeadm leaves on the control plane. */
const ADMIN_CONF = '/etc/kubernetes/admin.conf';

/** Prints the kubeconfig of the cluster, or merges it into the user's own file. */
export async function runKubeconfig(flags: Flags<'kubeconfig'>, { io }: CliContext): Promise<void> {
  const from = flags.from ?? ADMIN_CONF;
  const admin = readAdminKubeconfig(await given(from), from === '-' ? 'standard input' : from);
  const name = flags.name ?? (await clusterName(flags, io.env));
  if (!flags.merge) {
    io.stdout.write(mergeKubeconfig(undefined, admin, name, from));
    return;
  }
  // A link stays one.
  const own = ownFile(io.env);
  const path = (await realpath(own).catch(ignoring('it is not there yet'))) ?? own;
  await makeDirectory(dirname(path), 0o700);
  const merged = mergeKubeconfig(await readFileIfPresent(path), admin, name, path);
  await writeFileAtomic(path, merged, { mode: 0o600 });
  io.tell(`${path} has the cluster as the context ${name}, which is the current one: kubectl get nodes`);
}

async function given(from: string): Promise<string> {
  if (from === '-') return await text(process.stdin);
  try {
    return await readFile(from, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const hints: Partial<Record<string, string>> = {
      ENOENT: 'it is on the control plane of a cluster that is up; name a copy with --from',
      EACCES: 'run as root: sudo vhive-coord kubeconfig',
    };
    throw new VhiveError({
      code: 'usage',
      message: `${from} cannot be read: ${messageOf(cause)}`,
      hint: hints[code ?? ''],
      cause,
    });
  }
}

/** The name of the cluster of the coordinator of this host; `vhive` where there is none. */
async function clusterName(flags: Flags<'kubeconfig'>, env: NodeJS.ProcessEnv): Promise<string> {
  const { record } = await readRemembered(stateDirOf(flags, env)).catch(() => ({ record: undefined }));
  return record?.coordinator?.cluster ?? 'vhive';
}

/** The file that kubectl would change: the first of KUBECONFIG, else the one in the home. */
function ownFile(env: NodeJS.ProcessEnv): string {
  const [first] = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return first ?? join(env.HOME ?? homedir(), '.kube', 'config');
}
