import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One import of one file. Paths are relative to the root of the repository, with slashes. */
export interface Import {
  /** The file in which the import stands. */
  from: string;
  /** What it names: the path of a file of this repository, or the name of a package (`node:fs`, `zod`, `@grpc/grpc-js`). */
  to: string;
  /** True when `to` is a file of this repository. */
  inside: boolean;
}

/** Folders of the repository that hold TypeScript of its own. */
const sourceFolders = ['packages', 'packaging', 'bench', 'test', 'lint'];

/** Every TypeScript file of the repository below `root`, as paths relative to it. */
export function sourceFiles(root: string): string[] {
  return sourceFolders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** All imports and re-exports of a file, static and dynamic, of values and of types alike. */
export function importsOf(root: string, file: string): Import[] {
  return importsIn(file, readFileSync(join(root, file), 'utf8'));
}

/** The imports in the text of a file; see {@link importsOf}. */
export function importsIn(file: string, text: string): Import[] {
  const { module } = parseSync(file, text);
  const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
    literal(text.slice(moduleRequest.start, moduleRequest.end)),
  );
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
    ...dynamic,
  ];
  const named = new Set(specifiers.filter((specifier) => specifier !== undefined));
  return [...named].map((specifier) => ({ from: file, ...target(file, specifier) }));
}

/** The text of a string literal. An import of something computed has no name that could be checked: it is named as it is written. */
function literal(text: string): string {
  return /^(['"`])(.*)\1$/.exec(text)?.[2] ?? text;
}

function target(from: string, specifier: string): Pick<Import, 'to' | 'inside'> {
  if (specifier.startsWith('.')) return { to: posix.join(posix.dirname(from), specifier), inside: true };
  const [, name = '', path = ''] = /^@vhive\/([^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
  if (name === 'test') return { to: `test/${path}.ts`, inside: true };
  if (name !== '') return { to: `packages/${name}/src/${path === '' ? 'index' : path}.ts`, inside: true };
  return { to: /^(?:node:.*|@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[0] ?? specifier, inside: false };
}
