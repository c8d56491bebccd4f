import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { linkingWith } from './c-library.ts';
import type { GoRecipe } from './component.ts';
import type { BuildKit, Making } from './kit.ts';
import { modulesOfProgram } from './module-pins.ts';
import { runGo } from './run-go.ts';

/**
 * The flags that every program is compiled with. The same source and Go give the same bytes on every machine. Debug
 * information is dropped by the linker (-w), so that it need not be compiled, which saves a fifth of the time and of
 * the cache. Profiles would make each program compile its dependencies anew.
 */
export const commonFlags = ['-trimpath', '-buildvcs=false', '-pgo=off', '-gcflags=all=-dwarf=false'] as const;

/** Compiles the programs of a component into `folder`. Returns the paths of the modules that they were made from. */
export async function compilePrograms(
  { name, component: { title }, recipe }: Making<GoRecipe>,
  folder: string,
  kit: BuildKit,
): Promise<string[]> {
  const cwd = await kit.groups.folder(recipe.group);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { library } = recipe;
  const linking = library === undefined ? undefined : await linkingWith(library, kit);
  const flags = [
    ...['-v', ...commonFlags, `-mod=${recipe.changes === undefined ? 'readonly' : 'vendor'}`],
    `-tags=${(recipe.tags ?? []).join(',')}`,
    `-ldflags=${linkerFlags(recipe)}`,
  ];
  const packages = Object.values(recipe.programs);
  await runGo(kit, `${name} (${title})`, ['build', ...flags, '-o', `${folder}/`, ...packages], {
    cwd,
    env: linking ?? {},
  });
  for (const [program, path] of Object.entries(recipe.programs)) {
    if (program !== programName(path)) await rename(join(folder, programName(path)), join(folder, program));
  }
  const files = Object.keys(recipe.programs).map((program) => join(folder, program));
  return modulesOfProgram(await runGo(kit, name, ['version', '-m', ...files], { cwd }));
}

/** Returns the flags of the linker: no symbol tables, the texts of the recipe, and C libraries inside the program. */
function linkerFlags({ values = {}, library }: GoRecipe): string {
  const texts = Object.entries(values).map(([variable, text]) => `-X ${variable}=${text}`);
  const isStatic = library === undefined ? [] : ['-linkmode external', '-extldflags -static'];
  return ['-s', '-w', ...isStatic, ...texts].join(' ');
}

/** Returns the name that Go gives to the program of a package: the last part of its path that is no major version. */
export function programName(path: string): string {
  const parts = path.split('/').filter((part, index, all) => index < all.length - 1 || !/^v\d+$/.test(part));
  return parts.at(-1) ?? path;
}
