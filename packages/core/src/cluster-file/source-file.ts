import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';
import { type StructureProblem, structureProblem } from './yaml-structure.ts';

/** The cluster file as read from disk. */
export interface SourceText {
  /** The path as messages show it. */
  path: string;
  text: string;
}

/** A parsed cluster file, or another file of YAML, that still knows the lines of its values. */
export interface SourceFile {
  path: string;
  /** The content. An empty file gives an empty map. */
  content: Record<string, unknown>;
  problems: Problem[];
  /**
   * Returns `file:line` of the value at a path or, when `key` is given, of that key within it. Returns the path of the
   * file where there is neither.
   */
  whereIs(path: readonly PropertyKey[], key?: string): string;
}

/** A cluster file that is longer is none. The longest part of one, the values of a Helm chart, is half of that. */
const MOST_CHARACTERS = 512 * 1024;

/** What kind of file is read, for messages, and a field that one may have. */
export interface FileKind {
  title: string;
  example: string;
}

const CLUSTER_FILE: FileKind = { title: 'the cluster file', example: 'sandbox: stock-only' };

/** Parses YAML. What is wrong with it becomes problems with their lines. */
export function parseSource({ path, text }: SourceText, kind = CLUSTER_FILE): SourceFile {
  const lineCounter = new LineCounter();
  const tooLong = text.length > MOST_CHARACTERS;
  // The parser's own search for keys that are there twice takes the square of their number.
  const document = parseDocument(tooLong ? '' : text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number | undefined) =>
    offset === undefined ? path : `${path}:${Math.max(1, lineCounter.linePos(offset).line)}`;
  const wrong = tooLong
    ? { offset: undefined, message: `it has ${text.length} characters, and at most ${MOST_CHARACTERS} are read` }
    : (syntaxProblem(document) ?? structureProblem(document));
  const problems: Problem[] =
    wrong === undefined
      ? []
      : [{ code: 'usage', field: '', where: at(wrong.offset), message: wrong.message, fix: wrong.fix }];
  const content: unknown = problems.length > 0 ? {} : (document.toJS() ?? {});
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    problems.push({
      code: 'usage',
      field: '',
      where: at(0),
      message: `${kind.title} must be a map of fields`,
      fix: `such as "${kind.example}"`,
    });
  return {
    path,
    content: problems.length > 0 ? {} : (content as Record<string, unknown>),
    problems,
    whereIs(steps, key) {
      // The line of a field is that of its key, because the value may start on the next line.
      const last = key ?? steps.at(-1);
      const parentPath = key === undefined ? steps.slice(0, -1) : steps;
      const parent = parentPath.length === 0 ? document.contents : document.getIn(parentPath, true);
      const pair = isMap(parent)
        ? parent.items.find(({ key: item }) => isScalar(item) && item.value === last)
        : undefined;
      if (pair !== undefined && isNode(pair.key)) return at(pair.key.range?.[0]);
      const node = document.getIn(steps, true);
      return isNode(node) ? at(node.range?.[0]) : path;
    },
  };
}

/** Returns the first mistake in the syntax; after it a parser only guesses. What it merely warns of is a mistake too. */
function syntaxProblem({ errors, warnings }: Document.Parsed): StructureProblem | undefined {
  const [first] = [...errors, ...warnings];
  if (first === undefined) return undefined;
  const { message, pos } = first;
  const deep = message.includes('call stack') ? 'maps and lists are nested too deep' : message;
  return { offset: pos[0], message: `not valid YAML: ${deep}` };
}
