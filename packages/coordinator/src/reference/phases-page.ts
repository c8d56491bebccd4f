import { phases } from '@vhive/core/phases/index';

/** The page of all phases, made from the list of phases. */
export function phasesPage(): string {
  return [
    '# Phases',
    '',
    'Made from `packages/core/src/phases/`; do not edit. In order; what a step really waits for is shown by',
    '`vhive-coord plan --output mermaid`.',
    '',
    '| phase | | what it brings about |',
    '|---|---|---|',
    ...phases.map(({ name, title, description }) => `| \`${name}\` | ${title} | ${description} |`),
    '',
  ].join('\n');
}
