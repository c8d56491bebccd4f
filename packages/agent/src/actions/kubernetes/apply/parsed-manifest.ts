import { createHash } from 'node:crypto';
import { type KubernetesObject, kubernetesObject } from '@vhive/shared';
import type { Host } from '../../../host/host.ts';
import { parseManifest } from '../manifest.ts';

/**
 * The objects of manifests are kept here, that is in memory, until the next boot. To parse thousands of lines of YAML
 * takes a second, and every run needs them to see whether they are still in the cluster. What is kept here does not
 * count as a change of the host.
 */
export const MANIFEST_OBJECTS = '/run/vhive-agent/manifests';

/** A manifest, and how its text is had. */
export interface ManifestText {
  /** The SHA-256 of the text. */
  sha256: string;
  /** The name for messages. */
  name: string;
  read(): Promise<string>;
}

/** Returns the objects of a manifest. The text is read and parsed only if that was not done before. */
export async function parsedManifest({ sha256, name, read }: ManifestText, host: Host): Promise<KubernetesObject[]> {
  // In a release the code is in a bundle, in which the names of other bundles stand with their hashes. Where it is not
  // at hand, as on simulated hosts, nothing is kept.
  const code = await host.readFile(import.meta.filename);
  const path = `${MANIFEST_OBJECTS}/${sha256}.json`;
  const kept = code && keptObjects(code, (await host.readFile(path))?.toString());
  if (kept !== undefined) return kept;
  const objects = parseManifest(await read(), name);
  if (code === undefined) return objects;
  const json = JSON.stringify(objects);
  await host.makeDirectory(MANIFEST_OBJECTS, { mode: '0700' });
  await host.writeFile(path, `${seal(code, json)}\n${json}`, { mode: '0600' });
  return objects;
}

/** Reads what was kept; undefined when it is not whole, or was parsed by other code. */
function keptObjects(code: Buffer, text = ''): KubernetesObject[] | undefined {
  const end = text.indexOf('\n');
  const json = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== seal(code, json)) return undefined;
  return kubernetesObject.array().parse(JSON.parse(json));
}

/** Returns a digest of objects and of the code that parsed them. */
const seal = (code: Buffer, json: string) => createHash('sha256').update(code).update('\0').update(json).digest('hex');
