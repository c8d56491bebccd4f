import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../architecture.ts';
import { inputKey } from '../finished-parts.ts';
import type { Component } from './component.ts';
import { commonFlags } from './go-programs.ts';
import { groupsOf, ownPrograms } from './groups.ts';
import { type ModulePins, pinsOf } from './module-pins.ts';
import { goSources, type SourceFolder, sourceFolder } from './sources.ts';
import { components } from './table.ts';

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

/**
 * Returns a digest of everything in this repository that decides what is compiled, whole groups at a time. It takes a
 * few milliseconds.
 */
export function componentsDigest(
  table: Readonly<Record<string, Component>> = components,
  sources: SourceFolder = sourceFolder,
): string {
  const read = (name: string, file: string) => readFileSync(join(sources('modules', name), file), 'utf8');
  const groups = groupsOf(table).map((group) => [group, read(group, 'go.mod'), read(group, 'go.sum')]);
  const rows = Object.entries(table).map(([name, component]) => {
    const { recipe } = component;
    if (recipe.kind === 'wheel') return [name, component, read(name, 'requirements.txt')];
    if (recipe.kind === 'c') return [name, component];
    const own = ownPrograms(recipe.group, Object.values(recipe.programs));
    return [name, component, own.map((program) => goSources(sources('programs', program)))];
  });
  return inputKey(commonFlags, groups, rows);
}
