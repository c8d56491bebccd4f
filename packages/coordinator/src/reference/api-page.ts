import { type JsonSchema as ApiSchema, type OpenApiOperation, openApiDocument } from '@vhive/shared/openapi';
import { fieldTable, type JsonSchema, typeOf } from './field-table.ts';

const callers: Record<string, string> = {
  operatorToken: 'operators, with the operator token',
  agentToken: 'agents, with their artifact token',
};

/** Makes the page of the HTTPS server's routes from the OpenAPI document. */
export function apiPage(): string {
  const { tags, paths, components } = openApiDocument();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return [
    '# The HTTP API of the coordinator',
    '',
    'Made from the routes in `packages/shared/src/api/`; do not edit. The same as an OpenAPI 3.1 document is',
    '[openapi.json](openapi.json); a coordinator serves it at `/openapi.json`. The server speaks HTTPS alone, with a',
    "certificate of the cluster's own CA (`ca.pem` in its state directory). Tokens go into the header",
    '`Authorization: Bearer <token>`; the operator token is in the file `operator-token` of the state directory.',
    '',
    'Bodies and answers are JSON where nothing else is said. Every refusal is an [HttpFailure](#httpfailure); below stand',
    'the status and the code of each, and [errors.md](errors.md) says what they mean. A time is ISO 8601 in UTC; "number by',
    'name" is an object whose values are numbers.',
    '',
    ...tags.flatMap(({ name }) => [
      `## ${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      '',
      ...operations.filter(({ operation }) => operation.tags.includes(name)).flatMap(section),
    ]),
    '## Schemas',
    '',
    ...Object.entries(components.schemas).flatMap(([name, schema]) => [
      `### ${name}`,
      '',
      ...schemaLines(asPlain(schema)),
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function section({ path, method, operation }: { path: string; method: string; operation: OpenApiOperation }): string[] {
  const { summary, description, security, parameters = [], requestBody, responses } = operation;
  const [caller] = security.flatMap(Object.keys);
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
  return [
    `### ${method} ${path}`,
    '',
    [summary, description].filter((text) => text !== undefined).join(' '),
    '',
    `- For ${caller === undefined ? 'everybody' : callers[caller]}.`,
    ...parameters.map(
      ({ name, in: part, required, schema, description: text }) =>
        `- \`${name}\` in the ${part}${required ? '' : ', optional'}: ${text ?? typeOf(asPlain(schema))}.`,
    ),
    ...(requestBody ? [`- Body${requestBody.required ? '' : ', optional'}: ${contentText(requestBody.content)}.`] : []),
    ...answers.map(([status, { description: text, content }]) => {
      const means = text === 'It is done.' ? '' : text;
      return `- ${status}: ${[content ? contentText(content) : '', means].filter((part) => part !== '').join('. ')}`;
    }),
    `- Refusals: ${refusals.map(([status, refusal]) => `${status} ${codesIn(refusal.description)}`).join(', ')}.`,
    '',
  ];
}

/** Returns the codes with which the description of a refusal begins its sentences. */
function codesIn(description: string): string {
  return [...description.matchAll(/(`[a-z-]+`):/g)].map(([, code]) => code).join(' or ');
}

function contentText(content: Record<string, { schema: ApiSchema }>): string {
  return Object.entries(content)
    .map(([type, { schema }]) => (type.endsWith('octet-stream') ? 'a file' : typeOf(asPlain(schema))))
    .join(' or ');
}

function schemaLines(schema: JsonSchema): string[] {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants === undefined) return fieldTable(schema, 'field');
  return [
    'One of:',
    '',
    ...variants.map(({ properties = {}, required = [], description }) => {
      const fields = Object.entries(properties).map(
        ([name, field]) => `\`${name}\`${required.includes(name) ? '' : ' (optional)'}: ${typeOf(field)}`,
      );
      return `- ${description === undefined ? '' : `${description}. `}${fields.join(', ')}`;
    }),
    '',
  ];
}

/** Views a JSON schema as plain values, which is how the pages read schemas. */
function asPlain(schema: unknown): JsonSchema {
  return schema as JsonSchema;
}
