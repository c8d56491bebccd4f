import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  visit,
  type YAMLMap,
} from 'yaml';

/** Something about the structure of a YAML document that a cluster file cannot have. */
export interface StructureProblem {
  /** Where it is: the number of characters before it. */
  offset: number | undefined;
  message: string;
  fix?: string;
}

/** The greatest depth of maps and lists in each other. */
const DEEPEST = 50;
/** The greatest number of values, those counted again that an alias repeats. */
const MOST_VALUES = 50_000;

/**
 * Returns the first thing in the structure of a document that a cluster file cannot have: keys that are no words or are
 * there twice, and numbers that a computer cannot keep. The size is limited too, so that aliases which multiply, or
 * which hold themselves, end here.
 */
export function structureProblem(document: Document.Parsed): StructureProblem | undefined {
  let found: StructureProblem | undefined;
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) targets.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      found = isMap(node) ? keyProblem(node) : isScalar(node) ? numberProblem(node.value, node) : undefined;
      return found === undefined ? undefined : visit.BREAK;
    },
  });
  return found ?? sizeProblem(document, targets);
}

function keyProblem(map: YAMLMap): StructureProblem | undefined {
  const keys = new Set<string>();
  for (const { key } of map.items) {
    const offset = offsetOf(key) ?? offsetOf(map);
    if (!isScalar(key) || key.value === null) return { offset, message: 'not valid YAML: a key must be a word' };
    const name = String(key.value);
    // JavaScript takes this key for the parent of an object, and not for a field.
    if (name === '__proto__') return { offset, message: `${name}: there is no such key`, fix: 'leave it out' };
    if (keys.has(name)) return { offset, message: `not valid YAML: keys must be unique, and ${name} is there twice` };
    keys.add(name);
  }
  return undefined;
}

/** Reports a number that is read as another one than was written, or that JSON has not. */
function numberProblem(value: unknown, node: Node): StructureProblem | undefined {
  if (typeof value !== 'bigint' && typeof value !== 'number') return undefined;
  const kept = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  if (kept) return undefined;
  return {
    offset: offsetOf(node),
    message: `${value} is no number that can be kept exactly`,
    fix: 'write a smaller one',
  };
}

/** Counts what the document holds, with what each alias stands for in its place. */
function sizeProblem(
  { contents }: Document.Parsed,
  targets: ReadonlyMap<Alias, Node | undefined>,
): StructureProblem | undefined {
  let values = 0;
  const measure = (node: unknown, depth: number): StructureProblem | undefined => {
    values += 1;
    const offset = offsetOf(node);
    if (depth > DEEPEST)
      return { offset, message: `maps and lists are nested more than ${DEEPEST} deep here, or hold themselves` };
    if (values > MOST_VALUES)
      return { offset, message: `there are more than ${MOST_VALUES} values, those of aliases included` };
    if (isAlias(node) && targets.get(node) === undefined)
      return { offset, message: `there is no anchor &${node.source} before this alias` };
    for (const inner of innerOf(node, targets)) {
      const problem = measure(inner, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return measure(contents, 0);
}

function innerOf(node: unknown, targets: ReadonlyMap<Alias, Node | undefined>): unknown[] {
  if (isAlias(node)) return [targets.get(node)];
  if (isMap(node)) return node.items.map(({ value }) => value);
  return isSeq(node) ? node.items : [];
}

const offsetOf = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined);
