import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '@vhive/core/versions/catalogue';
import type { Compiled } from '../compiled.ts';
import type { MirrorVersions } from '../versions.ts';
import { type PublishedManifest, treePath } from './published-manifest.ts';

/** Returns metallb-native.yaml, which the module holds as it was released. */
export async function metallbManifest(
  { metallb }: Pick<MirrorVersions, 'metallb'>,
  moduleFolder: Compiled['moduleFolder'],
): Promise<PublishedManifest> {
  const file = join(await moduleFolder('go.universe.tf/metallb'), 'config/manifests/metallb-native.yaml');
  const address = treePath(catalogue.metallb.files['metallb-native'].url, metallb);
  return { address, text: await readFile(file, 'utf8') };
}
