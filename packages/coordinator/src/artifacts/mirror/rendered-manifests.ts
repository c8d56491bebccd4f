import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import type { Plan, Task } from '@vhive/shared';
import { execa } from 'execa';
import { extract } from 'tar';
import { mirrorPath } from '../sources/mirror-tree.ts';
import { urlOf } from './plan-needs.ts';

/** The longest time that a program may take to make a manifest, in milliseconds. */
const MOST_MS = 180_000;

/**
 * Makes the manifest that the plan's `manifest.render` task makes at `path`, in the same way: with the same program,
 * from the tree, whose files are laid out below `scratch` instead of `/`. The result is undefined when the plan has no
 * such task. Rejects when the program cannot be run on this machine.
 */
export async function renderManifest(
  path: string,
  { plan, tree, scratch, signal }: { plan: Plan; tree: string; scratch: string; signal: AbortSignal },
): Promise<string | undefined> {
  const step = plan.steps.find(({ tasks }) => tasks.some((task) => renders(task, path)));
  const render = step?.tasks.find((task) => renders(task, path));
  if (step === undefined || render === undefined) return undefined;
  for (const task of step.tasks) await layOut(task, { plan, tree, scratch });
  const { argv, input } = render.params as { argv: string[]; input?: { path: string; content: string } | null };
  if (input) {
    await mkdir(dirname(join(scratch, input.path)), { recursive: true });
    await writeFile(join(scratch, input.path), input.content);
  }
  const [program = '', ...words] = await Promise.all(argv.map((word) => below(scratch, word)));
  const made = await execa(program, words, {
    cwd: scratch,
    // With these variables, neither program reads what the operator has set up for clusters of his own.
    env: { HOME: scratch, KUBECONFIG: join(scratch, 'no-kubeconfig') },
    timeout: MOST_MS,
    cancelSignal: signal,
    stdin: 'ignore',
    maxBuffer: 256 * 1024 * 1024,
  });
  return made.stdout;
}

const renders = ({ action, params }: Task, path: string) => action === 'manifest.render' && params.path === path;

async function layOut(
  { action, params }: Task,
  { plan, tree, scratch }: { plan: Plan; tree: string; scratch: string },
): Promise<void> {
  const url = urlOf(params.artifact, plan);
  if (url === undefined) return;
  const file = join(tree, mirrorPath(url));
  if (action === 'artifact.file') {
    const target = join(scratch, String(params.path));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(file, target);
  } else if (action === 'artifact.archive') {
    const cwd = join(scratch, String(params.directory));
    await mkdir(cwd, { recursive: true });
    const only = (params.only ?? []) as string[];
    await extract({ file, cwd, strip: Number(params.strip ?? 0) }, only);
  }
}

/**
 * Rewrites a word of the command that names a file. Where that file was laid out below `scratch`, the word names it
 * there.
 */
async function below(scratch: string, word: string): Promise<string> {
  if (!word.startsWith('/')) return word;
  const here = join(scratch, word);
  return (await stat(here).catch(ignoring('the word names no file of the scratch folder'))) === undefined ? word : here;
}
