import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveConfig } from '@vhive/core/cluster-file/index';
import { buildPlan } from '@vhive/core/plan/index';
import { placeholderNodes } from '@vhive/core/plan/placeholder-nodes';
import { expect, it } from 'vitest';

const PAGE = 'docs/cluster-files.md';
const text = await readFile(join(import.meta.dirname, '../..', PAGE), 'utf8');
const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);

it('the page has an example of every variant', () => {
  expect(examples.length).toBeGreaterThanOrEqual(7);
});

it.each(examples)('an example of the page is a valid file, and gives a plan: %s', (yaml) => {
  const config = resolveConfig({ file: { path: PAGE, text: yaml } });
  const nodes = placeholderNodes(config.nodes ?? 1).map((node, place) => ({ ...node, name: `node-${place + 1}` }));
  const [controlPlane] = nodes;
  if (controlPlane === undefined) throw new Error('no node');
  expect(buildPlan({ config, nodes, controlPlane, mirror: false }).steps.length).toBeGreaterThan(10);
});
