import { resolve } from 'node:path';
import { count } from '@vhive/base/count';
import { debianArch } from '@vhive/base/debian-arch';
import { megabytes } from '@vhive/base/megabytes';
import { archProblems } from '@vhive/core/cluster-file/arch-checks';
import { problemsError } from '@vhive/core/cluster-file/problem';
import { mirrorPlan } from '@vhive/core/plan/mirror-plan';
import { placeholderNodes } from '@vhive/core/plan/placeholder-nodes';
import { type ClusterConfig, exitCodeOf, type Plan, VhiveError } from '@vhive/shared';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import { clusterConfig } from '../../options/cluster-settings.ts';
import type { Flags } from '../../options/command-options.ts';
import { makeWritable } from '../../options/writable-directory.ts';
import type { FailedItem, PulledItem } from './pull.ts';

/** Fills a mirror tree, and says what was fetched, what was there already, what failed and what is not part of it. */
export async function runMirrorPull(flags: Flags<'mirror pull'>, { io, hooks }: CliContext): Promise<void> {
  const config = await clusterConfig(flags);
  const machine = debianArch(process.arch);
  const plans = Object.fromEntries((flags.arch ?? [machine]).map((arch) => [arch, planForArchitecture(config, arch)]));
  const directory = resolve(flags.to);
  await makeWritable('--to', directory, './mirror');
  const { style } = io;
  const order = { config, plans, directory, machine, images: flags.images, goModules: flags.goModules };
  const result = await withInterrupt(io, (signal) =>
    hooks.pullMirror(order, {
      signal,
      log: (text) => io.note(style.dim(text)),
      onItem(item) {
        io.line({ type: 'pulled', ...item });
        if (item.changed) io.say(`${style.good('+')} ${item.title} ${style.dim(megabytes(item.bytes))}`);
      },
      onFailure({ title, message }) {
        io.note(`${style.bad('failed:')} ${title}: ${message}`);
      },
    }),
  );
  const { pulled, failed } = result;
  const leftOut = [...result.leftOut, 'Debian packages: nodes take them from their own package sources'];
  io.line({ type: 'mirror', directory, ...totals(pulled), failed, leftOut });
  for (const line of summary(directory, pulled)) io.say(line);
  for (const what of leftOut) io.say(`not part of it: ${what}`);
  if (failed.length > 0) showFailures(failed, { io });
}

/** Makes a plan for placeholder nodes, with everything that their architecture needs. */
function planForArchitecture(config: ClusterConfig, arch: string): Plan {
  if (!['amd64', 'arm64'].includes(arch))
    throw new VhiveError({ code: 'usage', message: `--arch ${arch}: must be amd64 or arm64` });
  const problems = archProblems(config, placeholderNodes(1, arch));
  if (problems.length > 0) throw problemsError(problems);
  return mirrorPlan(config, arch);
}

function totals(pulled: readonly PulledItem[]) {
  const fetched = pulled.filter(({ changed }) => changed);
  const sum = (items: readonly PulledItem[]) => items.reduce((bytes, item) => bytes + item.bytes, 0);
  return {
    files: pulled.filter(({ kind }) => kind !== 'image').length,
    images: pulled.filter(({ kind }) => kind === 'image').length,
    bytes: sum(pulled),
    fetched: fetched.length,
    fetchedBytes: sum(fetched),
  };
}

function summary(directory: string, pulled: readonly PulledItem[]): string[] {
  const { files, images, bytes, fetched, fetchedBytes } = totals(pulled);
  const what = `${count(files, 'file')} and ${count(images, 'image')}, ${megabytes(bytes)}, in ${directory}`;
  if (fetched === 0) return [`nothing to fetch: ${what}`];
  return [what, `fetched now: ${fetched}, ${megabytes(fetchedBytes)}`];
}

function showFailures(failed: readonly FailedItem[], { io }: Pick<CliContext, 'io'>): void {
  const { style } = io;
  io.note(`${style.bad('error:')} ${count(failed.length, 'item')} could not be fetched:`);
  for (const { title, message, hint } of failed) {
    io.note(`  ${title}: ${message}`);
    if (hint !== undefined) io.note(`    ${style.bold('hint:')} ${hint}`);
  }
  io.fail({
    code: 'step-failed',
    message: `could not be fetched: ${failed.map(({ title }) => title).join(', ')}`,
    hint: 'the same command goes on with what is missing',
    exitCode: exitCodeOf('step-failed'),
  });
}
