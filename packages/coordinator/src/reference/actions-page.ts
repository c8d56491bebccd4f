import { agentActions, coordinatorActions } from '@vhive/shared';
import * as z from 'zod';
import { fieldTable, type JsonSchema } from './field-table.ts';

/** Makes the page of all actions from their contracts. */
export function actionsPage(): string {
  return [
    '# Actions',
    '',
    'Made from `packages/shared/src/actions/`; do not edit. Every action looks first (`check`), changes only what differs',
    '(`apply`), and looks again. Agents do nothing else: there is no remote shell.',
    '',
    ...Object.entries(agentActions).flatMap(([name, contract]) => section(name, contract)),
    '# Actions of the coordinator itself',
    '',
    ...Object.entries(coordinatorActions).flatMap(([name, contract]) => section(name, contract)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function section(name: string, contract: { description: string; params: z.ZodType; timeLimitMs: number }): string[] {
  const schema = z.toJSONSchema(contract.params, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const variants = schema.oneOf ?? schema.anyOf ?? [schema];
  return [
    `## ${name}`,
    '',
    contract.description,
    `Time limit: ${contract.timeLimitMs / 60_000} min.`,
    '',
    ...variants.flatMap((variant) => {
      const table = fieldTable(variant, 'param');
      return table.length === 0 ? ['No params.', ''] : table;
    }),
  ];
}
