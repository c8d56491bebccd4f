import { createHash } from 'node:crypto';
import type { Params } from '@vhive/shared';
import * as z from 'zod';
import type { Host } from '../../host/host.ts';
import { SEARCH_PATH } from '../../host/run.ts';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed, lastLines } from '../kit/failures.ts';
import { ensureFile, fileChanges, type ManagedFile } from '../kit/managed-file.ts';
import { seenDigest } from '../kit/seen-digest.ts';

type RenderParams = Params<'manifest.render'>;

/** The record of what a manifest was made from, and what came of it. */
const renderRecord = z.object({ from: z.string(), manifest: z.string() });
const recordName = ({ path }: RenderParams) => `manifest.render ${path}`;

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** A file that only root can read, because values of charts and generated manifests may hold passwords. */
const rootsOwn = (path: string, content: string): ManagedFile => ({
  path,
  content,
  mode: '0600',
  owner: 'root',
  group: 'root',
  secret: true,
});

/** Returns the file of a program, as the search path leads to it; undefined when there is none. */
async function programFile(host: Host, program: string): Promise<string | undefined> {
  const paths = program.includes('/') ? [program] : SEARCH_PATH.split(':').map((folder) => `${folder}/${program}`);
  for (const path of paths) {
    // The path may be a link to a folder of one version.
    const target = (await host.readLink(path)) ?? path;
    const file = target.startsWith('/') ? target : `${path.slice(0, path.lastIndexOf('/'))}/${target}`;
    if ((await host.stat(file))?.type === 'file') return file;
  }
  return undefined;
}

/** Returns a digest of everything that the manifest depends on. */
async function sources({ argv, input, inputs }: RenderParams, context: ActionContext): Promise<string> {
  const program = await programFile(context.host, argv[0] ?? '');
  const programDigest = program === undefined ? null : await seenDigest(program, context);
  return digest(JSON.stringify([argv, input, programDigest, inputs.map(({ sha256 }) => sha256)]));
}

/** The action `manifest.render`, whose contract says what it does. */
export const manifestRender: Action<'manifest.render'> = {
  async check(params, context) {
    const { host, records } = context;
    const { input, path } = params;
    const changes = input === null ? [] : await fileChanges(host, rootsOwn(input.path, input.content));
    const record = renderRecord.safeParse(await records.get(recordName(params)));
    const status = await host.stat(path);
    if (status?.type !== 'file' || !record.success) changes.push(`${path}: is made by ${params.argv[0]}`);
    else if (record.data.from !== (await sources(params, context)))
      changes.push(`${path}: is made again, since what it is made from changed`);
    else if (record.data.manifest !== (await seenDigest(path, context)) || status.mode !== '0600')
      changes.push(`${path}: is made again, since somebody changed it`);
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    const { host, streamed, records } = context;
    const { argv, input, path } = params;
    if (input !== null) await ensureFile(host, rootsOwn(input.path, input.content));
    const from = await sources(params, context);
    const result = await host.run(argv, {
      ...streamed,
      // The standard output is the manifest, that is thousands of lines that nobody would read in a log.
      onLine: (stream, line) => stream === 'stderr' && streamed.onLine?.(stream, line),
    });
    const what = argv.slice(0, 3).join(' ');
    if (result.exitCode !== 0) throw commandFailed(what, { ...result, stdout: '' });
    if (result.stdout.trim() === '')
      throw failed(`${what} printed no manifest`, { lastLines: lastLines({ ...result, stdout: '' }) });
    const manifest = `${result.stdout.trimEnd()}\n`;
    await host.writeFile(path, manifest, { mode: '0600', owner: 'root', group: 'root' });
    await records.set(recordName(params), { from, manifest: digest(manifest) });
    return undefined;
  },
};
