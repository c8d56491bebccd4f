import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import type { CRecipe } from './component.ts';
import type { BuildKit, Making } from './kit.ts';

/**
 * Compiles one file of C out of a Go module with the machine's compiler.
 *
 * @param moduleFolder gives the folder of a Go module
 */
export async function compileC(
  { component, recipe }: Making<CRecipe>,
  folder: string,
  { signal }: BuildKit,
  moduleFolder: (module: string) => Promise<string>,
): Promise<void> {
  const source = join(await moduleFolder(recipe.module), recipe.file);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await runCommand('gcc', [...recipe.flags, '-o', join(folder, recipe.program), source], {
    purpose: `compiling ${component.title}`,
    hint: 'It needs a C compiler and the static C library: apt-get install gcc libc6-dev',
    signal,
  });
}
