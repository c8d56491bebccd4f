import * as z from 'zod';
import { badFile } from './bad-file.ts';
import { copyNames, functionNameProblem } from './function-names.ts';
import { readDocuments, type WrittenFile } from './written-file.ts';

/** The most copies of one function: more pods than any cluster has room for. */
const MOST_COPIES = 10_000;

const entry = z.looseObject({
  name: z.string(),
  file: z.string().default(''),
  count: z.number().int().min(0).max(MOST_COPIES).default(1),
  eventing: z.boolean().default(false),
  applyScript: z.string().default(''),
});

const functionsFile = z.looseObject({ functions: z.array(entry) });

/** A function that functions.json asks for. */
export interface ListedFunction extends z.infer<typeof entry> {
  /** Where it stands in the file: `functions.json:7`. */
  where: string;
}

const hint =
  'it is {"functions": [{"name": "helloworld", "file": "helloworld.yaml", "count": 1}]}, as vSwarm\'s deployer reads it';

/**
 * Reads functions.json of vSwarm's deployer. Without a count a function is deployed once; with count 0 it is left out.
 * Throws `usage` with file and line.
 */
export function readFunctionsFile(file: WrittenFile): ListedFunction[] {
  const [document, second] = readDocuments(file);
  if (document === undefined) throw badFile(file.path, 'it is empty', hint);
  if (second !== undefined) throw badFile(second.whereIs([]), 'it goes on after its end', hint);
  const parsed = functionsFile.safeParse(document.content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path ?? [];
    throw badFile(document.whereIs(path), `${path.join('.') || 'the file'}: ${issue?.message}`, hint);
  }
  const { functions } = parsed.data;
  if (functions.length === 0) throw badFile(document.whereIs(['functions']), 'it lists no function', hint);
  functions.forEach(({ name, count, file: of, eventing }, index) => {
    const where = (key: string) => document.whereIs(['functions', index, key]);
    const longest = copyNames(name, Math.max(1, count)).at(-1) ?? name;
    const problem = functionNameProblem(eventing ? name : longest);
    if (problem !== undefined) throw badFile(where('name'), problem);
    if (of === '' && !eventing) throw badFile(where('name'), `the function ${name} names no file`, hint);
    const before = functions.findIndex((other) => other.name === name);
    if (before < index) throw badFile(where('name'), `the function ${name} is listed twice`);
  });
  return functions.map((each, index) => ({ ...each, where: document.whereIs(['functions', index, 'name']) }));
}
