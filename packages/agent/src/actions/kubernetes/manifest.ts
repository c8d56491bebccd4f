import { type KubernetesObject, kubernetesObject } from '@vhive/shared';
import { parseAllDocuments, type ScalarTag } from 'yaml';
import * as z from 'zod';
import { failedForGood } from '../kit/failures.ts';

/** Kubernetes reads numbers as YAML 1.1 does, in which file modes such as 0644 are octal. */
const octal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: /^0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

const generated = z.object({
  metadata: z.object({ generateName: z.string(), name: z.undefined().optional() }),
});
const list = z.object({ kind: z.literal('List'), items: z.array(z.unknown()) });

/**
 * Returns the objects of a YAML file of many documents in their order. Empty documents are left out, and a List is
 * replaced by its items.
 * @param name the name of the manifest for messages
 */
export function parseManifest(text: string, name: string): KubernetesObject[] {
  const documents = parseAllDocuments(text, { merge: true, customTags: (tags) => [octal, ...tags] });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document, index) => {
    const [error] = document.errors;
    if (error) throw failedForGood(`${name} is not YAML (document ${index + 1}): ${error.message}`);
    const value: unknown = document.toJS();
    if (value === null) return [];
    const opened = list.safeParse(value);
    return (opened.success ? opened.data.items : [value]).map((item) => {
      if (generated.safeParse(item).success)
        throw failedForGood(
          `document ${index + 1} of ${name} has generateName instead of a name: it would be made anew each time`,
          { hint: 'give it a name' },
        );
      const object = kubernetesObject.safeParse(item);
      if (!object.success)
        throw failedForGood(
          `document ${index + 1} of ${name} is no Kubernetes object: ${z.prettifyError(object.error)}`,
        );
      return object.data;
    });
  });
}
