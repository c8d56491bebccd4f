import { stringify } from 'yaml';
import { clusterFileJsonSchema } from '../schema.ts';

/** The part of a JSON Schema that is read here. */
interface Field {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: readonly string[];
  properties?: Record<string, Field>;
}

/** Values of fields, by their keys. */
type Values = Readonly<Record<string, unknown>>;

/** No line of a comment is longer, characters. */
const WIDTH = 110;

/**
 * Writes a cluster file with every field, each under what it means: those of `values` as they are, the others commented
 * out with their defaults. A field without a default stands there with what it may be, as `<integer>`. A line becomes part
 * of the file when `# ` is taken away from its front.
 */
export function commentedClusterFile(values: Values): string {
  return [
    '# vHive cluster file: vhive-coord up --config vhive.yaml',
    '# Every field has a default, so what is commented out need not be said.',
    '',
    ...fieldLines(clusterFileJsonSchema() as Field, values, 0),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function fieldLines({ properties = {} }: Field, values: Values, depth: number): string[] {
  const indent = '  '.repeat(depth);
  return Object.entries(properties).flatMap(([key, field]) => {
    const given = values[key];
    const about = comment(field.description, indent);
    const own = ownLines(key, field, given).map((line) => `${indent}${line}`);
    const blank = depth === 0 ? [''] : [];
    if (field.properties === undefined)
      return [...(given === undefined ? [...about, ...own.map(out)] : [...about, ...own]), ...blank];
    const inner = fieldLines(field, (given ?? {}) as Values, depth + 1);
    return given === undefined
      ? [...about, ...[`${indent}${key}:`, ...inner].map(out), ...blank]
      : [...about, `${indent}${key}:`, ...inner, ...blank];
  });
}

/** Takes a line out of the file. A comment stays as it is, and what is commented out already is not twice. */
function out(line: string): string {
  return line.startsWith('#') ? line : `# ${line}`;
}

function ownLines(key: string, field: Field, given: unknown): string[] {
  const value = given ?? field.default;
  if (value === undefined) return [`${key}: <${field.enum?.join('|') ?? kinds[field.type ?? ''] ?? 'text'}>`];
  return stringify({ [key]: value }, { flowCollectionPadding: false, lineWidth: 0, collectionStyle: 'flow' })
    .trimEnd()
    .replace(/^\{(.*)\}$/s, '$1')
    .split('\n');
}

const kinds: Readonly<Record<string, string>> = { boolean: 'true|false', integer: 'integer', number: 'number' };

function comment(text: string | undefined, indent: string): string[] {
  if (text === undefined) return [];
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of text.split(/\s+/)) {
    if (line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
