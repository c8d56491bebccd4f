import { agentActions, coordinatorActions } from '@vhive/shared';
import { z } from 'zod';

/** A parameter as the page shows it. */
interface Field {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

type JsonSchema = {
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  default?: unknown;
};

/** The page of all actions, made from their contracts. */
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
    ...variants.flatMap((variant) => table(fieldsOf(variant))),
  ];
}

function table(fields: Field[]): string[] {
  if (fields.length === 0) return ['No params.', ''];
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return [
    '| param | type | |',
    '|---|---|---|',
    ...fields.map(
      ({ name, type, required, description }) =>
        `| \`${name}\`${required ? '' : ' (optional)'} | ${cell(type)} | ${cell(description)} |`,
    ),
    '',
  ];
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema): Field[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeOf(schema),
    required: required.includes(name),
    description: [
      schema.description,
      schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
    ]
      .filter((text) => text !== undefined)
      .join('; '),
  }));
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  if (schema.type === 'object' && schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  return Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
}
