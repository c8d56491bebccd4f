import type { Params } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { readReceipts, storeReceipt } from './receipts.ts';
import { moveTree, unpackInto } from './unpack.ts';

type ArchiveParams = Params<'artifact.archive'>;

const optionsOf = ({ strip, only }: ArchiveParams) => JSON.stringify({ strip, only });

async function linkChanges({ links }: ArchiveParams, { host }: ActionContext): Promise<string[]> {
  const changes: string[] = [];
  for (const [path, target] of Object.entries(links))
    if ((await host.readLink(path)) !== target) changes.push(`${path}: is a link to ${target}`);
  return changes;
}

/** Tells which files in the directory are known to be replaced: those of others, or of another version. */
async function replaced({ directory, only, strip, holds }: ArchiveParams, { host }: ActionContext): Promise<string[]> {
  const names = new Set([...only.map((path) => path.split('/').slice(strip).join('/')), ...holds]);
  const found: string[] = [];
  for (const name of names)
    if ((await host.stat(`${directory}/${name}`))?.type === 'file') found.push(`${directory}/${name}: is replaced`);
  return found;
}

/** Tells what is missing of the files that the receipt lists; undefined when everything is as it was unpacked. */
async function missing(params: ArchiveParams, context: ActionContext): Promise<string | undefined> {
  const { artifact, directory } = params;
  if (artifact === null) return undefined;
  const receipt = (await readReceipts(context, directory))[artifact.sha256];
  if (receipt?.options !== optionsOf(params)) return `${directory}: ${artifact.name} is unpacked`;
  for (const { path, bytes, link } of receipt.files) {
    const full = `${directory}/${path}`;
    const status = await context.host.stat(full);
    if (status === undefined) return `${directory}: ${artifact.name} is unpacked again, since ${path} is gone`;
    const same =
      link === undefined
        ? status.type === 'file' && status.bytes === bytes
        : (await context.host.readLink(full)) === link;
    if (!same) return `${directory}: ${artifact.name} is unpacked again, since ${path} was changed`;
  }
  return undefined;
}

/** The action `artifact.archive`, whose contract says what it does. */
export const artifactArchive: Action<'artifact.archive'> = {
  async check(params, context) {
    const files = await missing(params, context);
    const changes = [
      ...(files === undefined ? [] : [files, ...(await replaced(params, context))]),
      ...(await linkChanges(params, context)),
    ];
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    const { artifact, directory } = params;
    const { host } = context;
    if (artifact !== null && (await missing(params, context)) !== undefined) {
      // The staging folder is in the target directory, so that each file takes its place by a rename within one file
      // system. It is named after the archive, so that the next try finds what a killed agent left there, resumes it
      // and cleans it up.
      const staging = `${directory}/.vhive-${artifact.sha256.slice(0, 16)}`;
      await host.makeDirectory(directory);
      await host.makeDirectory(staging, { mode: '0700' });
      await context.download(artifact, `${staging}/archive`, { mode: '0600' });
      await host.remove(`${staging}/tree`, { recursive: true });
      await host.makeDirectory(`${staging}/tree`);
      context.progress(`unpacking ${artifact.name}`);
      await unpackInto(host.localPath(`${staging}/archive`), host.localPath(`${staging}/tree`), params);
      context.signal.throwIfAborted();
      const files = await moveTree(host.localPath(`${staging}/tree`), host.localPath(directory));
      if (files.length === 0)
        throw failedForGood(`${artifact.name} has none of the wanted files (${params.only.join(', ') || 'all'})`);
      await storeReceipt(context, directory, artifact.sha256, { options: optionsOf(params), files });
      await host.remove(staging, { recursive: true });
    }
    for (const [path, target] of Object.entries(params.links))
      if ((await host.readLink(path)) !== target) await host.symlink(target, path);
    return undefined;
  },
};
