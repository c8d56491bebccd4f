/** As much of a JSON schema as the pages show. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema | false;
  prefixItems?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  default?: unknown;
};

/** A field as a page shows it. */
interface Field {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

/**
 * Writes the fields of an object as lines of a Markdown table, whose first column has the given heading. The result is
 * empty when there are no fields.
 */
export function fieldTable(schema: JsonSchema, heading: string): string[] {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return [];
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return [
    `| ${heading} | type | |`,
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

/** Writes a type in words, with links to the sections of named schemas. A `time` is ISO 8601 in UTC. */
export function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return linkTo(schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1));
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.format === 'date-time') return 'time';
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : listed(schema.prefixItems)}`;
  if (schema.type === 'object' && schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `${typeOf(schema.additionalProperties)} by name`;
  return Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
}

/** A link to the section of a named schema on the same page. */
function linkTo(name: string): string {
  return `[${name}](#${name.toLowerCase()})`;
}

function listed(items: JsonSchema[] | undefined): string {
  return items === undefined ? 'anything' : `${items.length} of ${typeOf(items[0] ?? {})}`;
}
