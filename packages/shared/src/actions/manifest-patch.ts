import * as z from 'zod';
import { dnsLabel } from '../names.ts';
import { ONE_LINE } from '../patterns.ts';

/** A name that is part of a path of the API: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const objectName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,252}$/, 'must be the name of an object');

/**
 * A change to the objects of a manifest that it names. A patch that matches no object is an error unless it is
 * optional, because then upstream has moved the object.
 */
export const manifestPatch = z.strictObject({
  kind: z.string().regex(/^[A-Z][A-Za-z0-9]{0,62}$/, 'must be a kind, such as Deployment'),
  name: objectName,
  namespace: dnsLabel.optional(),
  merge: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      'A strategic merge: fields replace, null removes, lists of named items are merged by name, and an item with `$patch: delete` is removed',
    ),
  addArguments: z
    .record(dnsLabel, z.array(z.string().max(4096).regex(ONE_LINE, 'must be one line, without control characters')))
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
