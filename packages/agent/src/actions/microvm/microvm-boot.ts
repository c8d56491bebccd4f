import { createHash } from 'node:crypto';
import { fileDigest } from '@vhive/base/files/hash-file';
import type { Params } from '@vhive/shared';
import pRetry from 'p-retry';
import * as z from 'zod';
import type { CommandResult } from '../../host/host.ts';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed } from '../kit/failures.ts';
import { CONTAINER, DAEMON_HINT, firecrackerCtr, hintOf, removeAll } from './firecracker-ctr.ts';

type BootParams = Params<'microvm.boot'>;

const ARCHIVES = '/var/lib/vhive-agent/images';
const PULL_HINT = 'can this host reach the image registry? Without internet, put the image into the mirror';
/**
 * The time limit for booting a microVM, in milliseconds; longer on slow hosts. It usually boots within seconds; nested
 * virtualisation is slower.
 */
const BOOT_LIMIT_MS = 90_000;
const RECORD = 'microvm.boot';
const record = z.object({ inputs: z.string() });

/** Returns one digest over all files that a microVM is started from, or the path of one that is missing. */
async function digestOf(
  inputs: readonly string[],
  { host, signal }: ActionContext,
): Promise<{ digest: string } | { missing: string }> {
  const digest = createHash('sha256');
  for (const path of inputs) {
    if ((await host.stat(path)) === undefined) return { missing: path };
    digest.update(`${path}\0${await fileDigest(host.localPath(path), signal)}\n`);
  }
  return { digest: digest.digest('hex') };
}

async function bringImage(params: BootParams, context: ActionContext): Promise<void> {
  const { image, archive } = params;
  const { host, signal } = context;
  const snapshotter = ['--snapshotter', 'devmapper'];
  if (archive === null) {
    context.progress(`pulling ${image}`);
    const pull = async () => {
      const result = await firecrackerCtr(params, context, ['images', 'pull', ...snapshotter, image], { signal });
      if (result.exitCode !== 0)
        throw commandFailed(`pulling ${image} for a microVM`, result, { hint: hintOf(result) ?? PULL_HINT });
    };
    await pRetry(pull, { signal, retries: 2, minTimeout: 2_000 });
    return;
  }
  const path = `${ARCHIVES}/${archive.sha256}.tar`;
  await host.makeDirectory(ARCHIVES, { mode: '0700' });
  try {
    await context.download(archive, path, { mode: '0600' });
    const result = await firecrackerCtr(params, context, ['images', 'import', ...snapshotter, path], { signal });
    if (result.exitCode !== 0)
      throw commandFailed(`importing ${archive.name} for a microVM`, result, { hint: hintOf(result) ?? DAEMON_HINT });
  } finally {
    await host.remove(path);
  }
}

/**
 * Boots a microVM as in firecracker-containerd's docs/getting-started.md, but without a terminal, so that the output is
 * plain text.
 */
async function boot(params: BootParams, context: ActionContext): Promise<CommandResult> {
  const limitMs = BOOT_LIMIT_MS * context.patience;
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await firecrackerCtr(
      params,
      context,
      [
        ...['run', '--snapshotter', 'devmapper', '--runtime', 'aws.firecracker', '--rm', '--net-host'],
        ...[params.image, CONTAINER, ...params.command],
      ],
      { ...context.streamed, signal: AbortSignal.any([context.signal, limit]) },
    );
  } catch (error) {
    context.signal.throwIfAborted();
    if (!limit.aborted) throw error;
    throw failed(`no microVM has run ${params.image} within ${limitMs / 1000} s`, {
      hint: `does its kernel boot? its console is in the log: ${DAEMON_HINT}`,
    });
  }
}

/** The action `microvm.boot`, whose contract says what it does. */
export const microvmBoot: Action<'microvm.boot'> = {
  async check(params, context) {
    const stored = record.safeParse(await context.records.get(RECORD));
    const now = await digestOf(params.inputs, context);
    if (stored.success && 'digest' in now && now.digest === stored.data.inputs) return { converged: true, outputs: {} };
    const why = stored.success ? ', since what it is made of has changed' : '';
    return { converged: false, changes: [`a microVM boots on trial${why}`] };
  },

  async apply(params, context) {
    const made = await digestOf(params.inputs, context);
    if ('missing' in made)
      throw failed(`no microVM can boot: there is no ${made.missing}`, {
        hint: 'the step that puts it there has not run on this host, or somebody removed it: run up again',
      });
    const version = await firecrackerCtr(params, context, ['version'], { signal: context.signal });
    if (version.exitCode !== 0)
      throw commandFailed(`firecracker-containerd does not answer at ${params.socket}`, version, {
        hint: `systemctl status firecracker-containerd; ${DAEMON_HINT}`,
      });
    // What a killed agent may have left would be in the way.
    await removeAll(params, context);
    try {
      await bringImage(params, context);
      context.progress('booting a microVM');
      const result = await boot(params, context);
      if (result.exitCode !== 0)
        throw commandFailed(`a microVM cannot run ${params.image}`, result, { hint: hintOf(result) ?? DAEMON_HINT });
      if (!result.stdout.includes(params.expected))
        throw failed(`a microVM ran ${params.image}, but did not print "${params.expected}"`, {
          hint: 'does the image print something else? look at the lines it printed',
          lastLines: result.stdout.trim().split('\n').slice(-20),
        });
    } finally {
      await removeAll(params, context);
    }
    await context.records.set(RECORD, { inputs: made.digest });
    return undefined;
  },
};
