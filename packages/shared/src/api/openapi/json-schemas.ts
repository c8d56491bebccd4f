import * as z from 'zod';
import type { NamedSchemas } from './named-schemas.ts';

/** A JSON schema of draft 2020-12, which is what OpenAPI 3.1 takes. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Some schemas as JSON schemas, in which those that have a name are references wherever they are used. */
export interface JsonSchemas {
  /** The JSON schemas of the named ones, by name. */
  components: Record<string, JsonSchema>;
  /** The JSON schema for one of the schemas; a reference when it has a name. */
  of(schema: z.ZodType): JsonSchema;
}

const reference = (name: string) => `#/components/schemas/${name}`;

/**
 * Turns schemas into JSON schemas: as senders write the values (`input`: fields with defaults may be left out), or as
 * readers find them (`output`).
 */
export function jsonSchemas(schemas: readonly z.ZodType[], named: NamedSchemas, io: 'input' | 'output'): JsonSchemas {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(named)) registry.add(schema, { id: name });
  for (const [index, schema] of schemas.entries())
    if (!registry.has(schema)) registry.add(schema, { id: `unnamed-${index}` });
  const made = z.toJSONSchema(registry, { io, uri: reference, override: simplify }).schemas;
  const withoutAddress = (id: string): JsonSchema => {
    const { $schema, $id, ...schema } = made[id] ?? {};
    return schema;
  };
  return {
    components: Object.fromEntries(Object.keys(named).map((name) => [name, withoutAddress(name)])),
    of(schema) {
      const { id } = registry.get(schema) ?? {};
      if (id === undefined) throw new Error('this schema is not one of those that were given');
      return Object.hasOwn(named, id) ? { $ref: reference(id) } : withoutAddress(id);
    },
  };
}

/** Leaves out what a reader does not need: the bounds of every whole number, and patterns that a format says already. */
function simplify({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  // Answers may get new fields; only an object that is strict about its fields refuses others.
  const { def } = zodSchema._zod;
  const isStrict = def.type === 'object' && def.catchall !== undefined;
  if (jsonSchema.additionalProperties === false && !isStrict) delete jsonSchema.additionalProperties;
}
