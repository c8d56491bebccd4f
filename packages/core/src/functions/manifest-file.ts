import { type KubernetesObject, kubernetesObject } from '@vhive/shared';
import { badFile } from './bad-file.ts';
import { functionNameProblem } from './function-names.ts';
import { isFunction } from './function-service.ts';
import { readDocuments, type WrittenFile } from './written-file.ts';

/** An object of a manifest, and where it stands. */
export interface ManifestObject {
  object: KubernetesObject;
  /** `file:line` of its beginning. */
  where: string;
}

/** Reads the objects of a YAML file of one or more documents. Lists are taken apart. Throws `usage` with file and line. */
export function readManifest(file: WrittenFile): ManifestObject[] {
  const objects = readDocuments(file).flatMap(({ content, whereIs }) => {
    if (isList(content))
      return content.items.map((item, index) => objectOf(item, (steps) => whereIs(['items', index, ...steps])));
    return [objectOf(content, whereIs)];
  });
  if (objects.length === 0) throw badFile(file.path, 'it has no object in it');
  return objects;
}

function isList(content: unknown): content is { items: unknown[] } {
  const { kind, items } = (content ?? {}) as { kind?: unknown; items?: unknown };
  return kind === 'List' && Array.isArray(items);
}

function objectOf(content: unknown, whereIs: (steps: readonly PropertyKey[]) => string): ManifestObject {
  const parsed = kubernetesObject.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path ?? [];
    throw badFile(
      whereIs(path),
      `it is no object of Kubernetes: ${path.join('.') || 'it'}: ${issue?.message}`,
      'each document has apiVersion, kind and metadata.name',
    );
  }
  const object = parsed.data;
  if (isFunction(object)) {
    const problem = functionNameProblem(object.metadata.name);
    if (problem !== undefined) throw badFile(whereIs(['metadata', 'name']), problem);
    const { spec } = object as { spec?: { template?: { spec?: { containers?: unknown } } } };
    const containers = spec?.template?.spec?.containers;
    if (!Array.isArray(containers) || containers.length === 0)
      throw badFile(
        whereIs(['spec', 'template', 'spec', 'containers']),
        `the function ${object.metadata.name} has no container`,
      );
  }
  return { object, where: whereIs([]) };
}
