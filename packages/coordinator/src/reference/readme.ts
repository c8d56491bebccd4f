import { readFile } from 'node:fs/promises';
import { exitCodeTable } from './errors-page.ts';

/** The README of the project. */
export const README_FILE = new URL('../../../../README.md', import.meta.url);

const begin = '<!-- exit codes -->\n';
const end = '\n<!-- /exit codes -->';

/** Returns the README with its table of exit codes as the code has them. Everything outside of the two marks stays. */
export async function readmeText(): Promise<string> {
  const text = await readFile(README_FILE, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end.trimStart())[1];
  if (before === undefined || after === undefined) throw new Error(`README.md lacks the marks ${begin}and${end}`);
  return `${before}${begin}${exitCodeTable()}${end}${after}`;
}
