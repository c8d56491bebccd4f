import { randomBytes } from 'node:crypto';
import { defined } from '@vhive/shared';
import { stringify } from 'yaml';
import type { CommandResult } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { withReasons } from '../kit/with-reasons.ts';
import { withTimeouts } from './configuration/timeouts.ts';
import { kubeletWords } from './kubelet-words.ts';
import { withoutTokens } from './without-tokens.ts';

/** The directory of configuration files. It is in memory, so that no bootstrap token ever reaches a disk. */
const DIRECTORY = '/run/vhive-agent';

/**
 * Runs kubeadm. While it waits for the kubelet, people are told what kubeadm said last and what the kubelet says. Neither
 * the lines nor the result that leave this function hold a bootstrap token.
 */
export async function runKubeadm(context: ActionContext, args: string[]): Promise<CommandResult> {
  const { onLine, signal } = context.streamed;
  let last = '';
  const run = () =>
    context.host.run(['kubeadm', ...args], {
      ...defined({ signal }),
      onLine: (stream, line) => {
        const clean = withoutTokens(line);
        onLine?.(stream, clean);
        const phase = /^\[([a-z-]+)\]/.exec(clean)?.[1];
        if (phase === undefined) return;
        last = clean;
        context.progress(phase);
      },
    });
  const reasons = async () => [...(await kubeletWords(context)), ...(last === '' ? [] : [`kubeadm says: ${last}`])];
  const result = await withReasons(context, reasons, run);
  return { ...result, stdout: withoutTokens(result.stdout), stderr: withoutTokens(result.stderr) };
}

/**
 * Runs kubeadm with configuration documents, as patient as the action is. They are in a file that only root can read and
 * that is removed afterwards.
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
  const texts = documents.map((document) => stringify(withTimeouts(document, context.patience)));
  await context.host.writeFile(path, texts.join('---\n'), { mode: '0600' });
  try {
    return await runKubeadm(context, [...args, '--config', path]);
  } finally {
    await context.host.remove(path);
  }
}
