import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import type { Change, Component, Group } from './component.ts';
import type { BuildKit, GroupFolders } from './kit.ts';
import { modulePins } from './module-pins.ts';
import { runGo } from './run-go.ts';
import { goSources, type SourceFolder } from './sources.ts';

/** Returns the lab's own programs among the packages of a group, such as `greeter` of `vhive/lab/cluster/greeter`. */
export function ownPrograms(group: Group, packages: readonly string[]): string[] {
  const prefix = `vhive/lab/${group}/`;
  return packages.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
}

/** Returns the groups of components, each once, in their order. */
export function groupsOf(components: Readonly<Record<string, Component>>): Group[] {
  return [...new Set(Object.values(components).flatMap(({ recipe }) => (recipe.kind === 'go' ? [recipe.group] : [])))];
}

/** Reads what pins the modules of a group. */
export function pinsOfGroup(group: Group, sources: SourceFolder) {
  const read = (file: string) => readFileSync(join(sources('modules', group), file), 'utf8');
  return modulePins(read('go.mod'), read('go.sum'));
}

/**
 * Returns the groups with the folders, below `paths.build`, in which they are compiled: there the lab's own programs
 * are packages of the group's module, and changed dependencies are in its `vendor` folder.
 *
 * @param components what is compiled
 */
export function groupFolders(
  kit: Omit<BuildKit, 'groups'>,
  components: Readonly<Record<string, Component>>,
): GroupFolders {
  const recipes = Object.values(components).flatMap(({ recipe }) => (recipe.kind === 'go' ? [recipe] : []));
  const ready = new Map<Group, Promise<string>>();
  const prepare = async (group: Group): Promise<string> => {
    const folder = join(kit.paths.build, 'modules', group);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const file of ['go.mod', 'go.sum']) await cp(join(kit.sources('modules', group), file), join(folder, file));
    const own = recipes.filter((recipe) => recipe.group === group);
    for (const program of own.flatMap((recipe) => ownPrograms(group, Object.values(recipe.programs)))) {
      await mkdir(join(folder, program), { recursive: true });
      for (const [file, text] of goSources(kit.sources('programs', program)))
        await writeFile(join(folder, program, file), text);
    }
    const changes = own.flatMap((recipe) => recipe.changes ?? []);
    if (changes.length > 0) await vendor(kit, group, folder, changes);
    return folder;
  };
  return {
    names: groupsOf(components),
    pins: (group) => pinsOfGroup(group, kit.sources),
    folder: (group) => {
      const folder = ready.get(group) ?? prepare(group);
      ready.set(group, folder);
      return folder;
    },
  };
}

async function vendor(
  kit: Omit<BuildKit, 'groups'>,
  group: Group,
  folder: string,
  changes: readonly Change[],
): Promise<void> {
  await runGo(kit, `the modules of ${group}`, ['mod', 'vendor'], { cwd: folder });
  for (const { file, from, to } of changes) {
    const path = join(folder, 'vendor', file);
    const parts = (await readFile(path, 'utf8')).split(from);
    if (parts.length !== 2)
      throw new VhiveError({
        code: 'internal',
        message: `${file} has ${parts.length - 1} times the text that the lab changes there: ${from}`,
        hint: 'Look whether that version still needs the change in packages/lab/src/tree/components/table.ts.',
      });
    await writeFile(path, parts.join(to));
  }
}
