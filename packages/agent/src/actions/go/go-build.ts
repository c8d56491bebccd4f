import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { posix } from 'node:path';
import { fileDigest } from '@vhive/base/files/hash-file';
import type { Params } from '@vhive/shared';
import * as z from 'zod';
import type { CommandResult } from '../../host/host.ts';
import { type Action, type ActionContext, ActionError } from '../kit/action.ts';
import { commandFailed, failed, failedForGood } from '../kit/failures.ts';
import { buildFailure } from './build-failure.ts';
import { GO_CACHE, goEnvironment } from './environment.ts';
import { writeOverlay } from './overlay.ts';

type BuildParams = Params<'go.build'>;

/** The record of what an output was made of. */
const record = z.object({
  /** The SHA-256 of each artifact. */
  inputs: z.array(z.string()),
  /** What `go version` printed. */
  go: z.string(),
  /** The SHA-256 of the settings: tree, package, modules and overlay. */
  settings: z.string(),
  /** The SHA-256 of the output. */
  output: z.string(),
});
type BuildRecord = z.infer<typeof record>;

const recordName = ({ output }: BuildParams) => `go.build ${output}`;

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

/** Returns the record that a build would have now, except for the output itself; undefined while there is no Go. */
async function ingredients(
  { go, directory, package: target, modules, overlay, inputs }: BuildParams,
  { host, signal }: ActionContext,
  cache: string,
): Promise<Omit<BuildRecord, 'output'> | undefined> {
  const version = await host.run([`${go}/bin/go`, 'version'], { signal, environment: goEnvironment(cache, null) });
  if (version.exitCode !== 0) return undefined;
  const files = Object.entries(overlay).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    inputs: inputs.map(({ sha256 }) => sha256).toSorted(),
    go: version.stdout.trim(),
    settings: sha256Of(JSON.stringify([directory, target, modules, files])),
  };
}

/**
 * Tells why the output must be compiled, as the end of a sentence. It is undefined when the output exists and was
 * compiled from exactly these ingredients.
 */
async function reasonToBuild(params: BuildParams, context: ActionContext, cache: string): Promise<string | undefined> {
  const { host } = context;
  const stored = record.safeParse(await context.records.get(recordName(params)));
  if (!stored.success) return '';
  const status = await host.stat(params.output);
  if (status?.type !== 'file') return ' again, since it is gone';
  if ((await fileDigest(host.localPath(params.output), context.signal)) !== stored.data.output)
    return ' again, since somebody changed it';
  const now = await ingredients(params, context, cache);
  if (now === undefined) return ' again, since its Go is gone';
  if (now.inputs.join() !== stored.data.inputs.join()) return ' again, from another source';
  if (now.go !== stored.data.go) return ` again, with ${now.go}`;
  if (now.settings !== stored.data.settings) return ' again, with other settings';
  return undefined;
}

/** Returns the folder of modules, or null when none was unpacked, for example because the mirror has none. */
async function modulesFolder({ modules }: BuildParams, { host, log }: ActionContext): Promise<string | null> {
  if (modules === null || (await host.stat(modules)) !== undefined) return modules;
  log(`there is no folder of modules (${modules}): what the tree lacks comes from proxy.golang.org`);
  return null;
}

/**
 * Makes the failure of a build. It is permanent when the same build would fail again, which saves minutes of compiling
 * for nothing.
 */
function buildFailed({ go, directory, package: target }: BuildParams, result: CommandResult): ActionError {
  const { hint, permanent } =
    result.exitCode === 127
      ? { hint: `there is no Go at ${go}`, permanent: true }
      : buildFailure(`${result.stdout}\n${result.stderr}`);
  const { failure } = commandFailed(`go build ${target} in ${directory}`, result, { hint });
  return new ActionError({ ...failure, permanent });
}

/** Runs `go build` of the tree into `<output>.new`. Throws a failure with the compiler's last lines. */
async function build(params: BuildParams, context: ActionContext, cache: string): Promise<void> {
  const { go, directory, package: target, output, overlay } = params;
  const { host } = context;
  if ((await host.stat(`${directory}/go.mod`)) === undefined && overlay['go.mod'] === undefined)
    throw failedForGood(`${directory} has no go.mod: it is not the source tree of a Go module`, {
      hint: 'is the artifact of the source the right one? tar -tzf shows what is in it',
    });
  const vendored = (await host.stat(`${directory}/vendor/modules.txt`)) !== undefined;
  const modules = await modulesFolder(params, context);
  const overlayDirectory = `${cache}/overlay-${sha256Of(output).slice(0, 16)}`;
  try {
    const withOverlay =
      Object.keys(overlay).length === 0
        ? []
        : ['-overlay', await writeOverlay(host, overlayDirectory, directory, overlay)];
    const result = await host.run(
      [
        ...[`${go}/bin/go`, 'build', '-trimpath', '-modcacherw', vendored ? '-mod=vendor' : '-mod=readonly'],
        // The tree comes from an archive; if there is a repository around it, it is an unrelated one.
        '-buildvcs=false',
        ...withOverlay,
        ...['-o', `${output}.new`, target],
      ],
      { ...context.streamed, directory, environment: goEnvironment(cache, modules) },
    );
    if (result.exitCode !== 0) throw buildFailed(params, result);
  } finally {
    await host.remove(overlayDirectory, { recursive: true });
  }
}

/** Makes the action `go.build` with Go's caches in the given directory. */
export function createGoBuild(cache: string): Action<'go.build'> {
  return {
    async check(params, context) {
      const reason = await reasonToBuild(params, context, cache);
      if (reason === undefined) return { converged: true, outputs: {} };
      return { converged: false, changes: [`${params.output}: is compiled${reason}`] };
    },

    async apply(params, context) {
      const { host } = context;
      const { output } = params;
      await host.makeDirectory(cache, { mode: '0700' });
      await host.makeDirectory(posix.dirname(output));
      // Go refuses to overwrite a file that is not a program, which a killed build may have left.
      await host.remove(`${output}.new`);
      context.progress('compiling');
      await build(params, context, cache);
      const made = await ingredients(params, context, cache);
      if (made === undefined) throw failed(`${params.go}/bin/go vanished while it compiled`);
      const digest = await fileDigest(host.localPath(`${output}.new`), context.signal);
      await rename(host.localPath(`${output}.new`), host.localPath(output));
      await context.records.set(recordName(params), { ...made, output: digest } satisfies BuildRecord);
      return undefined;
    },
  };
}

/** The action `go.build`, whose contract says what it does. */
export const goBuild = createGoBuild(GO_CACHE);
