import { createHash } from 'node:crypto';
import type { ArtifactRef, KubernetesObject, Params } from '@vhive/shared';
import type { Host } from '../../../host/host.ts';
import type { ActionContext } from '../../kit/action.ts';
import { failed, failedForGood } from '../../kit/failures.ts';
import { patchObjects } from '../patch/patch.ts';
import { withoutAggregatedRules } from './aggregated-rules.ts';
import { MANIFEST_OBJECTS, parsedManifest } from './parsed-manifest.ts';
import { withPortProtocols } from './port-protocols.ts';
import { withoutKnativeWebhookRules } from './webhook-rules.ts';

/**
 * Returns everything that should be in the cluster. That is the objects of the manifest and the file, without those
 * that are left out, patched, followed by the objects given directly. Without a manifest and a file, the objects given
 * directly are patched.
 */
export async function wantedObjects(
  { manifest, file, objects, patches, without }: Params<'kubernetes.apply'>,
  context: ActionContext,
): Promise<KubernetesObject[]> {
  const read: KubernetesObject[] = [];
  if (manifest !== null) read.push(...(await downloaded(manifest, context)));
  if (file !== null) read.push(...(await fromFile(file, context)));
  const sources = [manifest?.name, file].filter((source) => typeof source === 'string');
  if (sources.length === 0) {
    const name = 'the list of objects';
    return patchObjects(leaveOut(objects, without, name), patches, name).map(appliable);
  }
  const name = sources.join(' and ');
  return [...patchObjects(leaveOut(read, without, name), patches, name), ...objects].map(appliable);
}

/** Adds what server-side apply needs beside what people write, and removes what others write into the object. */
const appliable = (object: KubernetesObject) =>
  withoutKnativeWebhookRules(withoutAggregatedRules(withPortProtocols(object)));

async function downloaded(manifest: ArtifactRef, context: ActionContext): Promise<KubernetesObject[]> {
  const { host } = context;
  const { name, sha256 } = manifest;
  const read = async () => {
    const path = `${MANIFEST_OBJECTS}/${sha256}.yaml`;
    await host.makeDirectory(MANIFEST_OBJECTS, { mode: '0700' });
    await context.download(manifest, path, { mode: '0600' });
    const text = await textOf(path, `${name} is not where it was downloaded to (${path})`, host);
    await host.remove(path);
    return text.toString();
  };
  return await parsedManifest({ sha256, name, read }, host);
}

async function fromFile(path: string, { host }: ActionContext): Promise<KubernetesObject[]> {
  const text = await textOf(path, `${path} does not exist`, host);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return await parsedManifest({ sha256, name: path, read: async () => text.toString() }, host);
}

async function textOf(path: string, otherwise: string, host: Host): Promise<Buffer> {
  const text = await host.readFile(path);
  if (text === undefined)
    throw failed(otherwise, { hint: 'the task that makes it comes before this one: see the log of that task' });
  return text;
}

/**
 * Leaves objects out. It is an error when a named object is missing, as it is for patches; a whole kind may have no
 * objects.
 */
function leaveOut(
  objects: readonly KubernetesObject[],
  without: Params<'kubernetes.apply'>['without'],
  source: string,
): KubernetesObject[] {
  for (const { kind, name } of without)
    if (name !== undefined && !objects.some((object) => object.kind === kind && object.metadata.name === name))
      throw failedForGood(`${source} has no ${kind} ${name}, which is to be left out`);
  return objects.filter(
    (object) =>
      !without.some(({ kind, name }) => object.kind === kind && (name === undefined || object.metadata.name === name)),
  );
}
