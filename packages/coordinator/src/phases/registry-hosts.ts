import type { Task } from '@vhive/shared';
import { stringify } from 'smol-toml';
import { REGISTRY_CONFIG_PATH } from './containerd-config.ts';
import type { PhaseContext } from './context.ts';
import { task } from './task.ts';

/** The registry in the cluster, by a name that every node and every pod knows. */
export const LOCAL_REGISTRY = 'docker-registry.registry.svc.cluster.local:5000';

/** The address of a registry's API: Docker Hub's is not at its name. */
export function registryUrl(registry: string): string {
  return registry === 'docker.io' ? 'https://registry-1.docker.io' : `https://${registry}`;
}

/** A pull-through cache: of which registry, and its port on the control plane. */
export interface RegistryCache {
  upstream: string;
  port: number;
}

/** The pull-through caches of a cluster; none when they are off. */
export function registryCaches({ config }: Pick<PhaseContext, 'config'>): RegistryCache[] {
  const { enabled, upstreams, firstPort } = config.registry.cache;
  return enabled ? upstreams.map((upstream, place) => ({ upstream, port: firstPort + place })) : [];
}

/** How containerd speaks to registries that are not simply at `https://<name>`: https://github.com/containerd/containerd/blob/main/docs/hosts.md */
export function registryHosts(context: PhaseContext): Record<string, string> {
  const { config, controlPlane } = context;
  const plain = [...(config.registry.local ? [LOCAL_REGISTRY] : []), ...config.registry.insecure];
  return Object.fromEntries(
    [
      ...plain.map((registry) => [registry, { server: `http://${registry}` }] as const),
      ...registryCaches(context).map(({ upstream, port }) => {
        // Without the cache the nodes ask upstream themselves.
        const host = { [`http://${controlPlane.address}:${port}`]: { capabilities: ['pull', 'resolve'] } };
        return [upstream, { server: registryUrl(upstream), host }] as const;
      }),
    ].map(([registry, content]) => [registry, `# Written by vHive; changes are overwritten.\n${stringify(content)}\n`]),
  );
}

/** containerd reads them at every pull: no restart is needed. */
export function registryHostTasks(context: PhaseContext): Task[] {
  return Object.entries(registryHosts(context)).map(([registry, content]) =>
    task(`registry-${registry.replaceAll(/[^A-Za-z0-9]+/g, '-')}`, `how to speak to ${registry}`, 'file', {
      state: 'present',
      path: `${REGISTRY_CONFIG_PATH}/${registry}/hosts.toml`,
      content,
    }),
  );
}
