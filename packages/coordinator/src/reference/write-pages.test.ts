import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { phases } from '@vhive/core/phases/index';
import { agentActions, coordinatorActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { actionsPage } from './actions-page.ts';
import { phasesPage } from './phases-page.ts';
import { realnessPage } from './realness-page.ts';
import { pages } from './write-pages.ts';

test.each(pages.map((page) => [basename(page.file.pathname), page] as const))(
  'docs/%s is up to date: npm run docs',
  async (_name, { file, text }) => {
    expect(await readFile(file, 'utf8')).toBe(text());
  },
);

test('every action and phase is there', () => {
  for (const name of Object.keys({ ...agentActions, ...coordinatorActions }))
    expect(actionsPage()).toContain(`## ${name}\n`);
  for (const { name } of phases)
    for (const page of [phasesPage(), realnessPage()]) expect(page).toContain(`\`${name}\``);
});
