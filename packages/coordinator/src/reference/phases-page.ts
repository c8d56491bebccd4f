import { type Phase, phases } from '@vhive/core/phases/index';

/** Makes the page of all phases from a list of phases. The list is the product's, unless a test brings another. */
export function phasesPage(list: readonly Phase[] = phases): string {
  return [
    '# Phases',
    '',
    'Made from `packages/core/src/phases/`; do not edit. In order; what a step really waits for is shown by',
    '`vhive-coord plan --output mermaid`.',
    '',
    '| phase | | what it brings about |',
    '|---|---|---|',
    ...list.map(({ name, title, description }) => `| \`${name}\` | ${title} | ${description} |`),
    '',
  ].join('\n');
}
