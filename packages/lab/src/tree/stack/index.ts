import { catalogue } from '@vhive/core/versions/catalogue';
import { stringify } from 'yaml';
import { channelBroker, eventingCore, eventingDefinitions, inMemoryChannel } from './eventing.ts';
import { metallb } from './metallb.ts';
import { netIstio } from './net-istio.ts';
import type { StackManifest, StackObject } from './objects.ts';
import { servingCore, servingDefinitions } from './serving.ts';

export { standInImage } from './objects.ts';
export { stackPrograms } from './programs.ts';
export { vhiveFiles, vhiveSource, vhiveSourceAddress } from './vhive.ts';

const notice =
  '# A stand-in of the vHive lab, in place of the file that upstream has here: the same names, not the same programs.';

/** The version under which the stand-ins are found, so that nobody takes them for the real software. */
export const stackVersion = '0.0.0-standin';

const path = (url: string, architecture = '') =>
  url
    .replace(/^https:\/\//, '')
    .replaceAll('{version}', stackVersion)
    .replaceAll('{arch}', architecture);

const manifest = (url: string, objects: readonly StackObject[]): StackManifest => ({
  address: path(url),
  text: `${notice}\n${objects.map((object) => `---\n${stringify(object)}`).join('')}`,
});

/** Returns the lab's manifests of MetalLB, Knative and net-istio. */
export function stackManifests(image: string): StackManifest[] {
  const [serving, eventing] = [catalogue.knativeServing.files, catalogue.knativeEventing.files];
  return [
    manifest(catalogue.metallb.files['metallb-native'].url, metallb(image)),
    manifest(serving['serving-crds'].url, servingDefinitions()),
    manifest(serving['serving-core'].url, servingCore(image)),
    manifest(catalogue.netIstio.files['net-istio'].url, netIstio(image)),
    manifest(eventing['eventing-crds'].url, eventingDefinitions()),
    manifest(eventing['eventing-core'].url, eventingCore(image)),
    manifest(eventing['in-memory-channel'].url, inMemoryChannel(image)),
    manifest(eventing['mt-channel-broker'].url, channelBroker(image)),
  ];
}

/** Returns the path of the archive with istioctl in the mirror tree. */
export const istioctlAddress = (architecture: string) => path(catalogue.istio.files.istioctl.url, architecture);

/** Returns the path of kn in the mirror tree. */
export const knAddress = (architecture: string) => path(catalogue.kn.files.kn.url, architecture);
