import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';

/** The cluster file as read from disk. */
export interface SourceText {
  /** As shown in messages. */
  path: string;
  text: string;
}

/** A parsed file that still knows on which line what stands. */
export interface SourceFile {
  path: string;
  /** The content; an empty file is an empty map. */
  content: Record<string, unknown>;
  problems: Problem[];
  /** `file:line` of a value (or of a key, when `key` is given, within it); of the file where there is none. */
  whereIs(path: readonly PropertyKey[], key?: string): string;
}

/** Parses YAML; what is wrong with it comes as problems with their lines. */
export function parseSource({ path, text }: SourceText): SourceFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number | undefined) =>
    offset === undefined ? path : `${path}:${Math.max(1, lineCounter.linePos(offset).line)}`;
  // After the first mistake in the syntax a parser only guesses.
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
      // The line of a field is that of its key: the value may start on the next one.
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
