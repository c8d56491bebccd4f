import { basename } from 'node:path';
import { eventingCore, eventingDefinitions, inMemoryChannel, mtChannelBroker } from './eventing.ts';
import { metricsServer, nvidiaDevicePlugin } from './extras.ts';
import { calico, metallb } from './network.ts';
import type { ManifestObject } from './objects.ts';
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

/** The stand-in for an upstream manifest; undefined: there is none of that name. */
export function simulatedManifest(path: string): string | undefined {
  // JSON is YAML.
  return manifests[basename(path)]?.map((object) => JSON.stringify(object)).join('\n---\n');
}
