import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../architecture.ts';
import { inputKey } from '../finished-parts.ts';
import type { Component } from './component.ts';
import { commonFlags } from './go-programs.ts';
import { ownPrograms } from './groups.ts';
import { type ModulePins, pinsOf } from './module-pins.ts';
import { goSources, type SourceFolder } from './sources.ts';

/**
 * Returns a digest of everything that decides the programs of a component: its recipe, what pins the modules, the lab's
 * own source, the version of Go and the flags.
 *
 * @param pins the pins of the component's group, where it has one
 * @param modules the modules that the programs were made from; others of the group do not count
 */
export function componentKey(
  name: string,
  { recipe }: Component,
  { name: architecture }: Architecture,
  go: string,
  pins: ModulePins,
  modules: readonly string[],
  sources: SourceFolder,
): string {
  switch (recipe.kind) {
    case 'go': {
      const own = ownPrograms(recipe.group, Object.values(recipe.programs));
      const texts = own.map((program) => goSources(sources('programs', program)));
      return inputKey(name, architecture, recipe, commonFlags, go, pins.settings, pinsOf(pins, modules), texts);
    }
    case 'c':
      return inputKey(name, architecture, recipe, pinsOf(pins, [recipe.module]));
    case 'wheel': {
      const requirements = readFileSync(join(sources('modules', name), 'requirements.txt'), 'utf8');
      return inputKey(name, architecture, recipe, requirements);
    }
  }
}
