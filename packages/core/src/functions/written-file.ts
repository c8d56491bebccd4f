import { type Document, isNode, LineCounter, parseAllDocuments } from 'yaml';
import { structureProblem } from '../cluster-file/yaml-structure.ts';
import { badFile } from './bad-file.ts';

/** A file as it was read from disk. */
export interface WrittenFile {
  /** The path as messages show it. */
  path: string;
  text: string;
}

/** A document of a file that still knows the lines of its values. */
export interface WrittenDocument {
  content: unknown;
  /** Returns `file:line` of the value at a path; of the document's beginning where there is no such value. */
  whereIs(path: readonly PropertyKey[]): string;
}

/** The longest file that is read, in characters. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/**
 * Parses the documents of a YAML file, or the one of a JSON file, which is YAML too. Empty documents are left out.
 * Throws `usage` with file and line for what is no YAML, or has a structure that nobody means.
 */
export function readDocuments({ path, text }: WrittenFile): WrittenDocument[] {
  if (text.length > MOST_CHARACTERS)
    throw badFile(path, `it has ${text.length} characters, and at most ${MOST_CHARACTERS} are read`);
  const lines = new LineCounter();
  const at = (offset: number | undefined) => `${path}:${Math.max(1, lines.linePos(offset ?? 0).line)}`;
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  return [...(documents as Iterable<Document.Parsed>)].flatMap((document) => {
    const [first] = [...document.errors, ...document.warnings];
    if (first !== undefined) throw badFile(at(first.pos[0]), `it cannot be read: ${first.message}`);
    const wrong = structureProblem(document);
    if (wrong !== undefined) throw badFile(at(wrong.offset), wrong.message);
    const content: unknown = document.toJS();
    if (content === null || content === undefined) return [];
    const whereIs = (steps: readonly PropertyKey[]) => {
      for (let length = steps.length; length > 0; length -= 1) {
        const node = document.getIn(steps.slice(0, length), true);
        if (isNode(node)) return at(node.range?.[0]);
      }
      return at(document.contents?.range?.[0]);
    };
    return [{ content, whereIs }];
  });
}
