import type { Task } from '@vhive/shared';
import { stringify } from 'smol-toml';
import { IMAGE_REGISTRY, type ImageServer, type PhaseContext } from '../kit/context.ts';
import { mirroredRegistries } from '../kit/image-archives.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { REGISTRY_CONFIG_PATH } from './containerd-config.ts';

/** Returns the address of a registry's API, which for Docker Hub is not at its name. */
export function registryUrl(registry: string): string {
  return registry === 'docker.io' ? 'https://registry-1.docker.io' : `https://${registry}`;
}

/** A registry cache, with the registry that it keeps copies of and its port on the control plane. */
export interface RegistryCache {
  upstream: string;
  port: number;
}

/** Returns the registry caches of a cluster, of which there are none when they are off. */
export function registryCaches({ config }: Pick<PhaseContext, 'config'>): RegistryCache[] {
  const { enabled, upstreams, firstPort } = config.registry.cache;
  return enabled ? upstreams.map((upstream, index) => ({ upstream, port: firstPort + index })) : [];
}

/**
 * Returns the registries that are asked without TLS: the image registry in the cluster, and those that the operator
 * names.
 */
export function plainRegistries({ config }: Pick<PhaseContext, 'config'>): string[] {
  return [...(config.registry.local ? [IMAGE_REGISTRY] : []), ...config.registry.insecure];
}

/** How nodes ask a registry that is not simply at `https://<name>`. */
export interface RegistryHosts {
  registry: string;
  /** What is different about the registry, for a person. */
  title: string;
  /** The registry's own address, which is asked when none of the hosts has an image. */
  server: string;
  /** Whom to ask, in order. */
  hosts: readonly RegistryHost[];
}

/** One address at which nodes ask for images. */
export interface RegistryHost {
  /** The address, `https://<host>:<port>` or the same with http. */
  url: string;
  /** Whether its certificate is of the coordinator's CA. */
  coordinator?: true;
}

/** The file with the certificate of the coordinator's CA, by which containerd knows the coordinator. */
const COORDINATOR_CA = '/etc/vhive/coordinator-ca.pem';

/**
 * Returns how the nodes ask each registry that they do not simply ask by itself. The order is: the coordinator where the
 * mirror tree has images of the registry, then a registry cache, then the registry. Whoever does not answer, or does not
 * have an image, is passed over.
 */
export function registryHosts(context: PhaseContext): RegistryHosts[] {
  const { controlPlane, imageServer } = context;
  const mirrored = imageServer === undefined ? [] : mirroredRegistries(context);
  const plain = plainRegistries(context);
  const caches = new Map(registryCaches(context).map(({ upstream, port }) => [upstream, port]));
  return [...new Set([...plain, ...caches.keys(), ...mirrored])].map((registry) => {
    const port = caches.get(registry);
    const cache = port === undefined ? undefined : `http://${controlPlane.address}:${port}`;
    const server = plain.includes(registry) ? `http://${registry}` : registryUrl(registry);
    const mirror = mirrored.includes(registry) ? imageServer?.urls : undefined;
    const hosts: RegistryHost[] = [
      ...(mirror ?? []).map((url) => ({ url, coordinator: true as const })),
      ...(cache === undefined ? [] : [{ url: cache }]),
      // Without TLS it must be named as a host too: otherwise containerd 1.6 goes on asking for TLS.
      ...(plain.includes(registry) ? [{ url: server }] : []),
    ];
    const ways = [
      ...(mirror === undefined ? [] : ['from the mirror tree by way of the coordinator']),
      ...(cache === undefined ? [] : [`through its registry cache at ${cache}`]),
      ...(plain.includes(registry) ? ['without TLS'] : []),
    ];
    return { registry, title: `${registry} ${ways.join(', ')}`, server, hosts };
  });
}

/** Writes a hosts.toml: https://github.com/containerd/containerd/blob/main/docs/hosts.md */
function hostsToml({ server, hosts }: RegistryHosts): string {
  const tables = hosts.map(({ url, coordinator }) => [
    url,
    { capabilities: ['pull', 'resolve'], ...(coordinator ? { ca: COORDINATOR_CA } : {}) },
  ]);
  return `${WRITTEN_BY_VHIVE}${stringify({ server, host: Object.fromEntries(tables) })}\n`;
}

/** Makes the tasks that write these files. containerd reads them at every pull, so it needs no restart. */
export function registryHostTasks(context: PhaseContext): Task[] {
  const { imageServer } = context;
  return [
    ...(imageServer === undefined ? [] : [coordinatorCa(imageServer, COORDINATOR_CA)]),
    ...registryHosts(context).map((hosts) =>
      task(`registry-${hosts.registry.replaceAll(/[^A-Za-z0-9]+/g, '-')}`, hosts.title, 'file', {
        state: 'present',
        path: `${REGISTRY_CONFIG_PATH}/${hosts.registry}/hosts.toml`,
        content: hostsToml(hosts),
      }),
    ),
  ];
}

/** Makes the task that writes the certificate of the coordinator's CA to a file. */
export function coordinatorCa({ ca }: ImageServer, path: string): Task {
  return task('coordinator-ca', 'the coordinator’s CA', 'file', { state: 'present', path, content: ca });
}
