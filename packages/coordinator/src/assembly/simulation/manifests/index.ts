import { basename } from 'node:path';
import { eventingCore, eventingDefinitions, inMemoryChannel, mtChannelBroker } from './eventing.ts';
import { metricsServer, nvidiaDevicePlugin } from './extras.ts';
import { calico, metallb } from './network.ts';
import { deployment, type ManifestObject, namespace } from './objects.ts';
import { netIstio, servingCore, servingDefinitions } from './serving.ts';

/**
 * The stand-ins by file name. Each has the objects of the upstream manifest that plans change and wait for, under the
 * names they have there.
 */
const manifests: Record<string, readonly ManifestObject[]> = {
  'calico.yaml': calico,
  'metallb-native.yaml': metallb,
  'serving-crds.yaml': servingDefinitions,
  'serving-core.yaml': servingCore,
  'net-istio.yaml': netIstio,
  'eventing-crds.yaml': eventingDefinitions,
  'eventing-core.yaml': eventingCore,
  'in-memory-channel.yaml': inMemoryChannel,
  'mt-channel-broker.yaml': mtChannelBroker,
  'components.yaml': metricsServer,
  'nvidia-device-plugin.yml': nvidiaDevicePlugin,
};

/**
 * Returns the stand-in for an upstream manifest, by its path at the publisher. A manifest that is not listed above gets
 * a general one, so that a new component can be simulated at once. The result is undefined when the path is not that of
 * a manifest.
 */
export function simulatedManifest(path: string): string | undefined {
  const name = basename(path);
  const objects = manifests[name] ?? (/\.ya?ml$/.test(name) ? imitation(name.replace(/\.ya?ml$/, '')) : undefined);
  // Every JSON document is YAML too, so a manifest may be written as JSON.
  return objects?.map((object) => JSON.stringify(object)).join('\n---\n');
}

/**
 * Makes a Deployment with the name of the file in each of the namespaces where a project of that name usually has it. A
 * component whose objects have other names, and are patched or waited for in a plan, needs a manifest of its own in the
 * table above.
 */
function imitation(name: string): readonly ManifestObject[] {
  return [name, `${name}-system`, 'kube-system'].flatMap((space) => [namespace(space), deployment(space, name)]);
}
