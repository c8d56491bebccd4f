import { VhiveError } from '@vhive/shared';
import type { Group } from './component.ts';
import type { BuildKit } from './kit.ts';
import { runGo } from './run-go.ts';

/** Returns the group that pins a Go module. Where several do, it is the first. */
export function groupOfModule(module: string, kit: Pick<BuildKit, 'groups'>): Group {
  const group = kit.groups.names.find((name) => kit.groups.pins(name).modules.has(module));
  if (group !== undefined) return group;
  throw new VhiveError({
    code: 'internal',
    message: `No group of Go modules in packages/lab/modules has ${module}.`,
    hint: 'Add it to one: packages/lab/modules/README.md says how.',
  });
}

/**
 * Returns the folder with the source of a Go module at the pinned version, which is downloaded if need be and compared
 * with go.sum. Go modules have no symbolic links: a link of the publisher's repository is missing there.
 */
export async function moduleFolder(module: string, kit: BuildKit): Promise<string> {
  const cwd = await kit.groups.folder(groupOfModule(module, kit));
  const answer = await runGo(kit, `the module ${module}`, ['mod', 'download', '-json', module], { cwd });
  const { Dir: directory }: { Dir: string } = JSON.parse(answer);
  return directory;
}
