import type { Architecture } from '../architecture.ts';
import type { MirrorPaths } from '../paths.ts';
import type { Component, Group } from './component.ts';
import type { ModulePins } from './module-pins.ts';
import type { SourceFolder } from './sources.ts';
import type { Toolchain } from './toolchain.ts';

/** What the making of every component is given. */
export interface BuildKit {
  readonly paths: MirrorPaths;
  readonly architecture: Architecture;
  readonly go: Toolchain;
  readonly groups: GroupFolders;
  readonly sources: SourceFolder;
  /** Called with a line of Go's standard error, such as the name of a package that is compiled now. */
  readonly onLine: (line: string) => void;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** The Go modules of the groups. */
export interface GroupFolders {
  readonly names: readonly Group[];
  readonly pins: (group: Group) => ModulePins;
  /** Returns a folder in which the group's programs can be compiled. It is prepared at the first call. */
  readonly folder: (group: Group) => Promise<string>;
}

/** A component under its name, with a recipe of one kind. */
export interface Making<Recipe extends Component['recipe']> {
  readonly name: string;
  readonly component: Component;
  readonly recipe: Recipe;
}
