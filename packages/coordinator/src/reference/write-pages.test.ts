import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { lanternStack } from '@vhive/core/phases/added-component.fixture';
import { phases } from '@vhive/core/phases/index';
import { agentActions, coordinatorActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { commandOptions } from '../cli/options/command-options.ts';
import { type OptionEntry, variableOf } from '../cli/options/option-entry.ts';
import { actionsPage } from './actions-page.ts';
import { commandsPage } from './commands-page.ts';
import { phasesPage } from './phases-page.ts';
import { realnessPage } from './realness-page.ts';
import { pages } from './write-pages.ts';

test.each(pages.map((page) => [basename(page.file.pathname), page] as const))(
  '%s is up to date: npm run docs',
  async (_name, { file, text }) => {
    expect(await readFile(file, 'utf8')).toBe(await text());
  },
);

test('every action and phase is there', () => {
  for (const name of Object.keys({ ...agentActions, ...coordinatorActions }))
    expect(actionsPage()).toContain(`## ${name}\n`);
  for (const { name } of phases)
    for (const page of [phasesPage(), realnessPage()]) expect(page).toContain(`\`${name}\``);
});

test('every command is there, with every option, its variable and its field of the cluster file', () => {
  const page = commandsPage();
  for (const [name, entries] of Object.entries(commandOptions)) {
    expect(page).toContain(`## \`vhive-coord ${name}\`\n`);
    for (const entry of Object.values<OptionEntry>(entries)) {
      const row = page.split('\n').filter((line) => line.includes(`| ${entry.description}`));
      const parts = [entry.flag?.replaceAll('|', '\\|'), variableOf(entry), entry.clusterFile?.path.join('.')];
      for (const part of parts) if (part !== undefined) expect(row.join('\n')).toContain(`\`${part}\``);
    }
  }
});

test('a phase that was added is listed without further ado', () => {
  expect(phasesPage(lanternStack.phases)).toContain('| `lantern` | Lantern | Sets up Lantern in the cluster');
});
