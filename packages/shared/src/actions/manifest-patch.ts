import * as z from 'zod';

/** A change to the objects of a manifest that it names; one that matches nothing is an error: upstream moved it. */
export const manifestPatch = z.strictObject({
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
  merge: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      'Strategic merge: fields replace, null removes, lists of named items are merged by name (an item with `$patch: delete` goes)',
    ),
  addArguments: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe('Arguments to add to containers of its pod template, by container; those already there stay single'),
  optional: z
    .boolean()
    .default(false)
    .describe('Fine where the manifest has no such object, or a webhook of another name: versions differ'),
});
/** See {@link manifestPatch}. */
export type ManifestPatch = z.infer<typeof manifestPatch>;
