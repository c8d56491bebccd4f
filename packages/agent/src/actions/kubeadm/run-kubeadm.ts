import { randomBytes } from 'node:crypto';
import { defined } from '@vhive/shared';
import { stringify } from 'yaml';
import type { CommandResult } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';

/** The form of a bootstrap token, as kubeadm makes and prints it. */
const bootstrapTokenPattern = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g;
/** The directory of configuration files. It is in memory, so that no bootstrap token ever reaches a disk. */
const DIRECTORY = '/run/vhive-agent';

/** Returns the text without bootstrap tokens and certificate keys. */
export function withoutTokens(text: string): string {
  return text
    .replace(bootstrapTokenPattern, '[redacted]')
    .replace(/(--certificate-key\s+)[0-9a-f]{64}/g, '$1[redacted]');
}

/** Runs kubeadm. Neither the lines nor the result that leave this function hold a bootstrap token. */
export async function runKubeadm(context: ActionContext, args: string[]): Promise<CommandResult> {
  const { onLine, signal } = context.streamed;
  const result = await context.host.run(['kubeadm', ...args], {
    ...defined({ signal }),
    onLine: (stream, line) => {
      const clean = withoutTokens(line);
      onLine?.(stream, clean);
      const phase = /^\[([a-z-]+)\]/.exec(clean)?.[1];
      if (phase) context.progress(phase);
    },
  });
  return { ...result, stdout: withoutTokens(result.stdout), stderr: withoutTokens(result.stderr) };
}

/**
 * Runs kubeadm with configuration documents. They are in a file that only root can read and that is removed afterwards.
 */
export async function runKubeadmWithConfiguration(
  context: ActionContext,
  args: string[],
  documents: readonly unknown[],
): Promise<CommandResult> {
  const path = `${DIRECTORY}/kubeadm-${randomBytes(6).toString('hex')}.yaml`;
  await context.host.makeDirectory(DIRECTORY, { mode: '0700' });
  // These are files that a killed agent left.
  for (const name of await context.host.list(DIRECTORY))
    if (/^kubeadm-.*\.yaml$/.test(name)) await context.host.remove(`${DIRECTORY}/${name}`);
  await context.host.writeFile(path, documents.map((document) => stringify(document)).join('---\n'), { mode: '0600' });
  try {
    return await runKubeadm(context, [...args, '--config', path]);
  } finally {
    await context.host.remove(path);
  }
}
