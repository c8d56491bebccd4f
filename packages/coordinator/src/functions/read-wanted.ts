import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { badFile } from '@vhive/core/functions/bad-file';
import { type CatalogueFunction, catalogue, defaultFunctions, type Sandbox } from '@vhive/core/functions/catalogue';
import { type Deployment, deploymentOf, type Source } from '@vhive/core/functions/deployment';
import { catalogueWord } from '@vhive/core/functions/function-names';
import { functionService } from '@vhive/core/functions/function-service';
import type { FunctionSettings } from '@vhive/core/functions/function-settings';
import { type ListedFunction, readFunctionsFile } from '@vhive/core/functions/functions-file';
import { type ManifestObject, readManifest } from '@vhive/core/functions/manifest-file';
import { messageOf, nearestKey, VhiveError } from '@vhive/shared';

/** What somebody wants to be deployed. */
export interface Wishes {
  /** Files, directories of manifests, and names of shipped functions. */
  words: readonly string[];
  /** functions.json of vSwarm's deployer. */
  functionsFile?: string | undefined;
  /** The directory of the files that functions.json names. */
  functionDirectory?: string | undefined;
  /** How many copies of each function; without it what functions.json says, else the function itself. */
  count?: number | undefined;
  settings: FunctionSettings;
}

/** Functions that were read, before it is known where they go. */
export interface WantedFunctions {
  /** Whether some of them are made for a sandbox, which then has to be known. */
  needSandbox: boolean;
  deployment(place: { namespace: string; namespaceIsSaid: boolean; sandbox: Sandbox }): Deployment;
}

/** A source of functions before its namespace is known. A shipped function stands for its object. */
interface Piece {
  content: readonly ManifestObject[] | CatalogueFunction;
  functions: Source['functions'];
  settings: FunctionSettings;
}

/** vSwarm's deployer gives every function a target of one call at a time. */
const UPSTREAM_TARGET = 1;

/**
 * Reads what is wanted: files and shipped functions that are named, or functions.json, or the functions that are
 * deployed by default. Throws `usage` with file and line for what cannot be used, before anything is asked of a cluster.
 */
export async function readWanted(wishes: Wishes): Promise<WantedFunctions> {
  const { words, functionsFile, functionDirectory, count, settings } = wishes;
  const functions: Source['functions'] = count === undefined ? { type: 'named' } : { type: 'copies', count };
  const given = words.length === 0 && functionsFile === undefined ? defaultFunctions : words;
  if (functionDirectory !== undefined && functionsFile === undefined)
    throw new VhiveError({
      code: 'usage',
      message: 'a directory of function files needs functions.json, which says what to deploy of it',
      hint: 'name it with --functions, or give the files themselves: vhive-coord fn deploy DIR/helloworld.yaml',
    });
  const pieces = await Promise.all(
    given.map(async (word): Promise<Piece> => ({ content: await contentOf(word), functions, settings })),
  );
  if (functionsFile !== undefined) pieces.push(...(await listed(functionsFile, functionDirectory, wishes)));
  return {
    needSandbox: pieces.some(({ content }) => 'image' in content),
    deployment: ({ sandbox, ...place }) =>
      deploymentOf(
        pieces.map(({ content, ...rest }) => ({
          objects: 'image' in content ? [shipped(content, sandbox)] : content,
          ...place,
          ...rest,
        })),
      ),
  };
}

function shipped(entry: CatalogueFunction, sandbox: Sandbox): ManifestObject {
  if (entry.sandboxes?.includes(sandbox) === false)
    throw new VhiveError({
      code: 'usage',
      message: `the function ${entry.name} does not run in ${sandbox}, only in ${entry.sandboxes.join(' and ')}`,
      hint: 'vhive-coord fn show lists the functions that ship with vhive-coord',
    });
  return { object: functionService(entry, { sandbox }), where: `the shipped function ${entry.name}` };
}

/** Finds a shipped function by its name, or by that of its file. Throws `usage` where there is none. */
export function shippedFunction(word: string): CatalogueFunction {
  const found = inCatalogue(word);
  if (found !== undefined) return found;
  const names = catalogue.map(({ name }) => name);
  const near = nearestKey(word, names);
  throw new VhiveError({
    code: 'usage',
    message: `${word} is neither a file nor a function that ships with vhive-coord`,
    hint: near === undefined ? `those are ${names.join(', ')}` : `did you mean ${near}?`,
  });
}

const inCatalogue = (word: string) => catalogue.find(({ name }) => catalogueWord(name) === catalogueWord(word));

async function contentOf(word: string): Promise<Piece['content']> {
  const found = await stat(word).catch(() => undefined);
  if (found === undefined && !word.includes('/') && !/\.(ya?ml|json)$/i.test(word)) return shippedFunction(word);
  return found?.isDirectory() ? await readDirectory(word) : await readFileOf(word);
}

async function readFileOf(path: string): Promise<ManifestObject[]> {
  return readManifest({ path, text: await textOf(path) });
}

/** Reads the manifests of a directory, in the order of their names. */
async function readDirectory(directory: string): Promise<ManifestObject[]> {
  const names = (await readdir(directory)).filter((name) => /\.ya?ml$/i.test(name)).toSorted();
  if (names.length === 0) throw badFile(directory, 'there is no .yaml file in this directory');
  return (await Promise.all(names.map((name) => readFileOf(join(directory, name))))).flat();
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw badFile(
      path,
      code === 'ENOENT' ? 'there is no such file' : `it cannot be read: ${messageOf(cause)}`,
      'nothing was deployed',
    );
  }
}

/** Reads functions.json and the files that it names. */
async function listed(path: string, directory: string | undefined, wishes: Wishes): Promise<Piece[]> {
  const functions = readFunctionsFile({ path, text: await textOf(path) });
  const base = directory ?? dirname(path);
  const pieces = functions.map(async (each): Promise<Piece[]> => {
    const count = wishes.count ?? each.count;
    if (count === 0) return [];
    if (each.eventing) return [await workflow(each, base, count, wishes.settings)];
    const settings = { ...wishes.settings, defaultConcurrencyTarget: UPSTREAM_TARGET };
    const content = await listedContent(each, base, directory !== undefined);
    return [{ content, functions: { type: 'copies', count, as: each.name }, settings }];
  });
  return (await Promise.all(pieces)).flat();
}

/** Reads the file of a listed function. Where no directory was named, the shipped function of that name will do. */
async function listedContent(
  { file, name, where }: ListedFunction,
  base: string,
  isSaid: boolean,
): Promise<Piece['content']> {
  const path = resolve(base, file);
  const entry = inCatalogue(file);
  if ((await stat(path).catch(() => undefined)) === undefined) {
    if (entry !== undefined && !isSaid) return entry;
    const shippedToo =
      entry === undefined ? '' : `; without --func-dir the function ${entry.name} that ships with vhive-coord is taken`;
    throw badFile(
      where,
      `the function ${name}: there is no file ${join(base, file)}`,
      isSaid
        ? `put it there, or name another directory with --func-dir${shippedToo}`
        : 'name the directory of the files with --func-dir',
    );
  }
  const objects = await readFileOf(path);
  const services = objects.filter(
    ({ object }) => object.kind === 'Service' && object.apiVersion.startsWith('serving.knative.dev/'),
  );
  if (services.length !== 1)
    throw badFile(
      join(base, file),
      `it has ${services.length} functions, and ${where} asks for one, ${name}`,
      'put each function into a file of its own',
    );
  return objects;
}

/** Reads the manifests of an eventing workflow: of the directory that stands in place of its script, or as its file. */
async function workflow(each: ListedFunction, base: string, count: number, settings: FunctionSettings): Promise<Piece> {
  const { name, where, applyScript, file } = each;
  if (count !== 1) throw badFile(where, `the eventing workflow ${name} can be deployed once only, not ${count} times`);
  const path = resolve(base, applyScript || file);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw badFile(where, `the eventing workflow ${name}: there is no directory ${path}`);
  if (!found.isDirectory() && applyScript !== '')
    throw badFile(
      where,
      `the eventing workflow ${name} is deployed by a script, and vhive-coord runs none`,
      `name the directory of its manifests as applyScript, such as ${JSON.stringify(dirname(applyScript))}`,
    );
  const content = found.isDirectory() ? await readDirectory(path) : await readFileOf(path);
  return { content, functions: { type: 'workflow', name, where }, settings };
}
