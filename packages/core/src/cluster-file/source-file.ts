import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';

/** The cluster file as read from disk. */
export interface SourceText {
  /** The path as messages show it. */
  path: string;
  text: string;
}

/** A parsed cluster file that still knows the lines of its values. */
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

/** Parses YAML. What is wrong with it becomes problems with their lines. */
export function parseSource({ path, text }: SourceText): SourceFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number | undefined) =>
    offset === undefined ? path : `${path}:${Math.max(1, lineCounter.linePos(offset).line)}`;
  // After the first mistake in the syntax a parser only guesses, so only that one is reported.
  const problems = document.errors.slice(0, 1).map(
    ({ message, pos }): Problem => ({
      code: 'usage',
      field: '',
      where: at(pos[0]),
      message: `not valid YAML: ${message}`,
    }),
  );
  const content: unknown = problems.length > 0 ? {} : (document.toJS() ?? {});
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    problems.push({
      code: 'usage',
      field: '',
      where: at(0),
      message: 'the cluster file must be a map of fields',
      fix: 'such as "sandbox: stock-only"',
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
