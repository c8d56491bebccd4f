import type { Task } from '@vhive/shared';
import { stringify } from 'smol-toml';
import { IMAGE_REGISTRY, type PhaseContext } from '../kit/context.ts';
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

/** How containerd speaks to a registry that is not simply at `https://<name>`. */
export interface RegistryHost {
  registry: string;
  /** What is different about the registry, for a person. */
  title: string;
  /** The content of its hosts.toml: https://github.com/containerd/containerd/blob/main/docs/hosts.md */
  content: string;
}

/**
 * Returns the registries without TLS and those with a registry cache. While a cache does not answer, the nodes ask its
 * registry themselves.
 */
function registryHosts(context: PhaseContext): RegistryHost[] {
  const { controlPlane } = context;
  return [
    ...plainRegistries(context).map((registry) => {
      const server = `http://${registry}`;
      // The server must be named as a host too: otherwise containerd 1.6 goes on asking for TLS.
      return {
        registry,
        title: `${registry} without TLS`,
        content: hostsToml({ server, host: { [server]: { capabilities: ['pull', 'resolve'] } } }),
      };
    }),
    ...registryCaches(context).map(({ upstream, port }) => {
      const cache = `http://${controlPlane.address}:${port}`;
      const host = { [cache]: { capabilities: ['pull', 'resolve'] } };
      return {
        registry: upstream,
        title: `${upstream} through its registry cache at ${cache}`,
        content: hostsToml({ server: registryUrl(upstream), host }),
      };
    }),
  ];
}

const hostsToml = (content: object) => `${WRITTEN_BY_VHIVE}${stringify(content)}\n`;

/** Makes the tasks that write these files. containerd reads them at every pull, so it needs no restart. */
export function registryHostTasks(context: PhaseContext): Task[] {
  return registryHosts(context).map(({ registry, title, content }) =>
    task(`registry-${registry.replaceAll(/[^A-Za-z0-9]+/g, '-')}`, title, 'file', {
      state: 'present',
      path: `${REGISTRY_CONFIG_PATH}/${registry}/hosts.toml`,
      content,
    }),
  );
}
