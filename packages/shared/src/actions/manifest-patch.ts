import * as z from 'zod';

/**
 * A change to the objects of a manifest that it names. A patch that matches no object is an error unless it is
 * optional, because then upstream has moved the object.
 */
export const manifestPatch = z.strictObject({
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
  merge: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      'A strategic merge: fields replace, null removes, lists of named items are merged by name, and an item with `$patch: delete` is removed',
    ),
  addArguments: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe(
      'The arguments that are added to the containers of its pod template, by container; an argument that is already there is not added twice',
    ),
  optional: z
    .boolean()
    .default(false)
    .describe(
      'When true, it is no error that the manifest has no such object, or has a webhook of another name, because versions differ',
    ),
});
/** See {@link manifestPatch}. */
export type ManifestPatch = z.infer<typeof manifestPatch>;
