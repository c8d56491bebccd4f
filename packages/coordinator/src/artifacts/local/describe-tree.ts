import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { contradictions, readVhiveTree, tellsOfTree } from '@vhive/core/versions/vhive-tree';
import { type Outputs, type Params, VhiveError } from '@vhive/shared';
import { list } from 'tar';

/** What the description of a tree is made from. */
type Planned = Omit<Params<'vhive.tree'>, 'source'>;

/**
 * Reads a source tree of vHive, and holds it against the plan.
 * @param archive the path of its archive, with one folder on top
 * @throws VhiveError `usage` that names everything in which it is not what the plan was made for
 */
export async function describeTree(archive: string, planned: Planned): Promise<Outputs<'vhive.tree'>> {
  const { name, tree, go } = planned;
  const { texts, names } = await contentOf(archive);
  const described = readVhiveTree(texts, [...names, ...(tree === null ? [] : await binariesOf(tree))]);
  if (described === undefined)
    throw new VhiveError({
      code: 'usage',
      message: `${name} is no source tree of vHive: it lacks go.mod, vhive.go or a CRI in cri/`,
      hint: 'is firecracker.vhiveRepository, vhiveRef or vhiveTree right?',
    });
  const problems = contradictions(described, planned);
  if (problems.length > 0)
    throw new VhiveError({
      code: 'usage',
      message: `${name} is not what this plan was made for: ${problems.map(({ message }) => message).join('; ')}`,
      hint: problems.map(({ fix }) => fix).join('; '),
    });
  return { go: go ?? described.go, kernel: described.kernel };
}

async function contentOf(archive: string): Promise<{ texts: Map<string, string>; names: string[] }> {
  const texts = new Map<string, string>();
  const names: string[] = [];
  await list({
    file: archive,
    onReadEntry(entry) {
      const path = entry.path.split('/').slice(1).join('/');
      names.push(path);
      if (!tellsOfTree(path)) return;
      const parts: Buffer[] = [];
      entry.on('data', (part) => parts.push(part));
      entry.on('end', () => texts.set(path, Buffer.concat(parts).toString()));
    },
  });
  return { texts, names };
}

/** Returns the paths of the files in a checkout's bin/, which its archive does not have. */
async function binariesOf(tree: string): Promise<string[]> {
  const names = await readdir(join(tree, 'bin')).catch(ignoring('a tree without bin/ has no kernel either'));
  return (names ?? []).map((name) => `bin/${name}`);
}
