import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '@vhive/core/versions/catalogue';
import { goSources, sourceFolder } from '../components/sources.ts';
import { inputKey } from '../finished-parts.ts';
import { type PublishedManifest, treePath } from '../manifests/published-manifest.ts';
import { standInVersion } from '../versions.ts';

const folder = () => sourceFolder('programs', 'net-istio');
/** Upstream's images are those of its two commands. Here they are two roles of one program. */
const IMAGES = 'gcr.io/knative-releases/knative.dev/net-istio/cmd';

/**
 * Returns the reference of the image of the stand-in for net-istio. Its tag changes with the source, so that no node
 * keeps an old one.
 */
export function netIstioImage(): string {
  return `${IMAGES}/net-istio:standin-${inputKey(goSources(folder())).slice(0, 12)}`;
}

/** Returns the manifest of the lab's stand-in for net-istio, which lies beside its source. */
export function netIstioManifest(): PublishedManifest {
  const source = readFileSync(join(folder(), 'net-istio.yaml'), 'utf8');
  const text = source
    .replaceAll(
      /^( *)image: \S+\/net-istio\/cmd\/(controller|webhook):\S+$/gm,
      `$1image: ${netIstioImage()}\n$1args: [$2]`,
    )
    .replaceAll(/(app\.kubernetes\.io\/version: )\S+/g, `$1"${standInVersion}"`);
  return { address: treePath(catalogue.netIstio.files['net-istio'].url, standInVersion), text };
}
