import { writeFile } from 'node:fs/promises';
import { actionsPage } from './actions-page.ts';
import { apiPage } from './api-page.ts';
import { commandsPage } from './commands-page.ts';
import { errorsPage } from './errors-page.ts';
import { jsonLinesPage } from './json-lines-page.ts';
import { phasesPage } from './phases-page.ts';
import { README_FILE, readmeText } from './readme.ts';
import { realnessPage } from './realness-page.ts';

const docs = new URL('../../../../docs/', import.meta.url);

/** The generated pages of docs/, and the README with its generated table, by file. */
export const pages: readonly { file: URL; text(): string | Promise<string> }[] = [
  { file: new URL('actions.md', docs), text: actionsPage },
  { file: new URL('api.md', docs), text: apiPage },
  { file: new URL('commands.md', docs), text: commandsPage },
  { file: new URL('errors.md', docs), text: errorsPage },
  { file: new URL('json-lines.md', docs), text: jsonLinesPage },
  { file: new URL('phases.md', docs), text: () => phasesPage() },
  { file: new URL('realness.md', docs), text: realnessPage },
  { file: README_FILE, text: readmeText },
];

if (import.meta.main) for (const { file, text } of pages) await writeFile(file, await text());
