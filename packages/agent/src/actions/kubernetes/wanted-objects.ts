import type { KubernetesObject, Params } from '@vhive/shared';
import type { ActionContext } from '../action.ts';
import { fileDigest } from '../archive/file-digest.ts';
import { failed } from '../failures.ts';
import { parseManifest } from './manifest.ts';
import { patchObjects } from './patch.ts';
import { withPortProtocols } from './port-protocols.ts';

/** Manifests are kept in memory until the next boot: `check` needs them as well, and a copy changes nothing. */
const DIRECTORY = '/run/vhive-agent/manifests';

/** Everything that is to stand in the cluster: the manifest's objects, patched, then those given. */
export async function wantedObjects(
  { manifest, objects, patches }: Params<'kubernetes.apply'>,
  context: ActionContext,
): Promise<KubernetesObject[]> {
  if (manifest === null) return patchObjects(objects, patches, 'the list of objects').map(withPortProtocols);
  const { host, signal } = context;
  const path = `${DIRECTORY}/${manifest.sha256}.yaml`;
  const there = (await host.stat(path)) && (await fileDigest(host.localPath(path), signal)) === manifest.sha256;
  if (!there) {
    await host.makeDirectory(DIRECTORY, { mode: '0700' });
    await context.download(manifest, path, { mode: '0600' });
  }
  const text = await host.readFile(path);
  if (text === undefined) throw failed(`${manifest.name} is not where it was downloaded to (${path})`);
  const patched = patchObjects(parseManifest(text.toString(), manifest.name), patches, manifest.name);
  return [...patched, ...objects].map(withPortProtocols);
}
