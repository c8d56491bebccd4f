import { writeFile } from 'node:fs/promises';
import { actionsPage } from './actions-page.ts';
import { commandsPage } from './commands-page.ts';
import { phasesPage } from './phases-page.ts';
import { realnessPage } from './realness-page.ts';

const docs = new URL('../../../../docs/', import.meta.url);

/** The generated pages of docs/, by file. */
export const pages: readonly { file: URL; text(): string }[] = [
  { file: new URL('actions.md', docs), text: actionsPage },
  { file: new URL('commands.md', docs), text: commandsPage },
  { file: new URL('phases.md', docs), text: () => phasesPage() },
  { file: new URL('realness.md', docs), text: realnessPage },
];

if (import.meta.main) for (const { file, text } of pages) await writeFile(file, text());
