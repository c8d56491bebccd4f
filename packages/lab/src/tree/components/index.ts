import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Architecture } from '../architecture.ts';
import { type Compiled, programsBelow } from '../compiled.ts';
import { sizeOnDisk } from '../left-overs.ts';
import type { MirrorPaths } from '../paths.ts';
import { covers, type LabStack } from '../stack-choice.ts';
import { compileC } from './c-program.ts';
import type { Component, Group } from './component.ts';
import { compilePrograms } from './go-programs.ts';
import { groupFolders, groupsOf, pinsOfGroup } from './groups.ts';
import { componentKey } from './inputs.ts';
import { KeptPrograms } from './kept-programs.ts';
import type { BuildKit } from './kit.ts';
import { checkMachineTools } from './machine-tools.ts';
import { groupOfModule, moduleFolder } from './module-folder.ts';
import { BuildProgress } from './progress.ts';
import { type SourceFolder, sourceFolder } from './sources.ts';
import { components } from './table.ts';
import { findGo } from './toolchain.ts';
import { unpackWheel } from './wheel-program.ts';

/** The options of {@link compileStack}. */
export interface CompileOptions {
  readonly paths: MirrorPaths;
  readonly architecture: Architecture;
  readonly stack: LabStack;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** What there is to make, in this order; by default the lab's components. */
  readonly table?: Readonly<Record<string, Component>>;
  /** Where modules and programs are; by default in this clone or release. */
  readonly sources?: SourceFolder;
}

/** More than this many bytes of compiler cache are thrown away before the next group. */
const largestCache = 3e9;

/** Two CPUs are kept busy by four, in half the time that one by one takes. */
const unpackedAtOnce = 4;

/**
 * Makes every program that a stack needs, at `<component>/<program>` below `paths.bin`. What an earlier build made from
 * the same inputs is taken from `paths.kept`, so an interrupted build goes on where it stopped.
 *
 * @throws VhiveError `preflight` when the machine lacks a tool, a module is refused or a program does not compile
 */
export async function compileStack(options: CompileOptions): Promise<Compiled> {
  const { paths, architecture, stack, log, signal, table = components, sources = sourceFolder } = options;
  const chosen = Object.entries<Component>(table).filter(([, component]) => covers(stack, component.stack));
  const progress = new BuildProgress(log);
  const go = await findGo({ paths, architecture, log, signal }, neededGo(groupsOf(table), sources));
  const onLine = (line: string) => progress.line(line);
  const parts = { paths, architecture, go, sources, log, signal, onLine };
  const kit: BuildKit = { ...parts, groups: groupFolders(parts, table) };
  const keyOf = (name: string, component: Component, modules: readonly string[]) =>
    componentKey(name, component, architecture, go.version, pinsFor(component, kit), modules, sources);
  const kept = new KeptPrograms(paths.kept);
  await kept.forgetOthers(Object.keys(table));
  const missing: [string, Component][] = [];
  for (const [name, component] of chosen) {
    const isKept = await kept.has(name, (modules) => keyOf(name, component, modules));
    if (!isKept) missing.push([name, component]);
  }
  await checkMachineTools(
    missing.map(([, component]) => component),
    signal,
  );
  if (missing.length > 0) log(`compiling with Go ${go.version} (${go.origin})`);
  await rm(paths.bin, { recursive: true, force: true });
  progress.expect(missing.map(([, component]) => component));
  let lastGroup: Group | undefined;
  for (const [name, component] of missing) {
    const group = component.recipe.kind === 'go' ? component.recipe.group : lastGroup;
    if (lastGroup !== undefined && group !== lastGroup) await trimCache(kit);
    lastGroup = group;
    progress.start(component);
    const folder = join(paths.bin, name);
    const modules = await make(name, component, folder, kit);
    await kept.keep(name, folder, { key: keyOf(name, component, modules), modules }, signal);
    // While others are compiled, which takes the most space, the compressed programs are enough.
    await rm(folder, { recursive: true });
    progress.finish();
  }
  // Nothing is compiled any more, even if the tree has to be put together a second time.
  await rm(paths.goCache, { recursive: true, force: true });
  await pLimit(unpackedAtOnce).map(chosen, ([name]) => kept.restore(name, join(paths.bin, name), signal));
  return { program: programsBelow(paths.bin), moduleFolder: (module) => moduleFolder(module, kit) };
}

/** Makes the programs of a component. Returns the Go modules that they were made from. */
async function make(name: string, component: Component, folder: string, kit: BuildKit): Promise<readonly string[]> {
  const { recipe } = component;
  switch (recipe.kind) {
    case 'go':
      return await compilePrograms({ name, component, recipe }, folder, kit);
    case 'c':
      await compileC({ name, component, recipe }, folder, kit, (module) => moduleFolder(module, kit));
      return [];
    case 'wheel':
      await unpackWheel({ name, component, recipe }, folder, kit);
      return [];
  }
}

function pinsFor({ recipe }: Component, kit: BuildKit) {
  if (recipe.kind === 'go') return kit.groups.pins(recipe.group);
  return kit.groups.pins(recipe.kind === 'c' ? groupOfModule(recipe.module, kit) : 'cluster');
}

/** Returns the least version of Go that these groups can be compiled with. */
function neededGo(groups: readonly Group[], sources: SourceFolder): string {
  const versions = groups.map((group) => pinsOfGroup(group, sources).go);
  return versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? '';
}

async function trimCache({ paths, signal }: BuildKit): Promise<void> {
  if ((await sizeOnDisk(paths.goCache, signal)) < largestCache) return;
  await rm(paths.goCache, { recursive: true, force: true });
}
