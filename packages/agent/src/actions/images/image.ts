import { archivedImageName, readImageReference } from '@vhive/shared';
import pRetry from 'p-retry';
import * as z from 'zod';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed } from '../kit/failures.ts';

/** The containerd namespace that the kubelet uses. */
const ctr = ['ctr', '-n', 'k8s.io'];
/** The folder in which archives wait until they are imported. */
const DIRECTORY = '/var/lib/vhive-agent/images';

/** Tells whether containerd has the image; undefined when containerd cannot be asked. */
async function isThere(ref: string, { host, signal }: ActionContext): Promise<boolean | undefined> {
  const result = await host.run([...ctr, 'images', 'ls', '-q', `name==${ref}`], { signal });
  return result.exitCode === 0 ? result.stdout.split('\n').some((line) => line.trim() === ref) : undefined;
}

async function pull(ref: string, context: ActionContext): Promise<void> {
  const { host, streamed, signal } = context;
  context.progress(`pulling ${ref}`);
  await pRetry(
    async () => {
      const crictl = await host.run(
        ['crictl', '--runtime-endpoint', 'unix:///run/containerd/containerd.sock', 'pull', ref],
        streamed,
      );
      const result = crictl.exitCode === 127 ? await host.run([...ctr, 'images', 'pull', ref], streamed) : crictl;
      if (result.exitCode !== 0)
        throw commandFailed(`pulling ${ref}`, result, {
          hint: 'can this host reach the image registry? Without internet, put the image into the mirror as a tar archive',
        });
    },
    { signal, retries: 3, minTimeout: 2_000 },
  );
}

/** The record of the archive that an image was imported from: its digest. */
const recordName = (ref: string) => `image ${ref}`;

/** Whether the image was imported from another archive than this one. That of an image that was pulled is not known. */
async function hasChanged(ref: string, archive: { sha256: string } | null, context: ActionContext): Promise<boolean> {
  if (archive === null) return false;
  const before = z.string().safeParse(await context.records.get(recordName(ref)));
  return before.success && before.data !== archive.sha256;
}

/** The action `image`, whose contract says what it does. */
export const image: Action<'image'> = {
  async check({ ref, archive }, context) {
    const there = await isThere(ref, context);
    if (there && (await hasChanged(ref, archive, context)))
      return {
        converged: false,
        changes: [
          `image ${ref}: is imported again, since its archive changed; pods keep the old one until they restart`,
        ],
      };
    if (there) return { converged: true, outputs: {} };
    const how = archive ? 'imported' : 'pulled';
    return {
      converged: false,
      changes: [`image ${ref}: is ${how}${there === undefined ? ' (containerd does not answer yet)' : ''}`],
    };
  },

  async apply({ ref, archive }, context) {
    const { host, streamed, records } = context;
    if (archive === null) {
      await pull(ref, context);
      return undefined;
    }
    const path = `${DIRECTORY}/${archive.sha256}.tar`;
    await host.makeDirectory(DIRECTORY, { mode: '0700' });
    await context.download(archive, path, { mode: '0600' });
    context.progress(`importing ${ref}`);
    const result = await host.run([...ctr, 'images', 'import', path], streamed);
    if (result.exitCode !== 0) throw commandFailed(`importing ${archive.name} into containerd`, result);
    // Archives can hold only tags. An image that is named by its digest is imported under a tag made of the digest.
    if (readImageReference(ref)?.digest !== undefined && !(await isThere(ref, context)))
      await host.run([...ctr, 'images', 'tag', '--force', archivedImageName(ref), ref], streamed);
    if (!(await isThere(ref, context)))
      throw failed(`${archive.name} was imported, but containerd has no ${ref} now`, {
        hint: 'the archive in the mirror names another image: look into it with tar -xOf <archive> manifest.json',
        lastLines: result.stdout.trim().split('\n'),
      });
    await host.remove(path);
    await records.set(recordName(ref), archive.sha256);
    return undefined;
  },
};
