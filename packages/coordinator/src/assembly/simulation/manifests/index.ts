import { basename } from 'node:path';
import { eventingCore, eventingDefinitions, inMemoryChannel, mtChannelBroker } from './eventing.ts';
import { metricsServer, nvidiaDevicePlugin } from './extras.ts';
import { calico, metallb } from './network.ts';
import { deployment, type ManifestObject, namespace } from './objects.ts';
import { netIstio, servingCore, servingDefinitions } from './serving.ts';

/** By file name: of each upstream manifest the objects that plans change and wait for, with the names they have there. */
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
 * The stand-in for an upstream manifest, by its path at the publisher. A manifest that is not listed above gets a general
 * one, so that a new component can be simulated at once. Undefined: the path is that of no manifest.
 */
export function simulatedManifest(path: string): string | undefined {
  const name = basename(path);
  const objects = manifests[name] ?? (/\.ya?ml$/.test(name) ? imitation(name.replace(/\.ya?ml$/, '')) : undefined);
  // JSON is YAML.
  return objects?.map((object) => JSON.stringify(object)).join('\n---\n');
}

/**
 * A Deployment with the file's name in each of the namespaces where a project of that name usually has it. What a plan
 * patches or waits for under another name needs a manifest of its own above.
 */
function imitation(name: string): readonly ManifestObject[] {
  return [name, `${name}-system`, 'kube-system'].flatMap((space) => [namespace(space), deployment(space, name)]);
}
