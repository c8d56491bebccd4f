import type { Step, Task } from '@vhive/shared';
import { PROXY_FILE } from '../host/proxy.ts';
import { systemStep } from '../host/system.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { type RegistryCache, registryCaches, registryUrl } from './registry-hosts.ts';
import { registryCacheUnit } from './units.ts';

const PHASE = 'registry-cache';

/** The step that runs the registry caches. */
export const registryCacheStep = ({ controlPlane }: PhaseContext) => stepId(PHASE, controlPlane.name);

/** Every upstream has a registry cache of its own, because a registry can stand in for only one other. */
export const registryCache: Phase = {
  name: PHASE,
  title: 'Registry caches',
  description: 'Sets up registry caches (pull-through) on the control plane, where asked for',
  realness: {
    lab: 'boundary',
    note: 'Debian’s docker-registry reads its configuration. It ends at once where no upstream registry can be reached, as in the lab.',
    byHand: ['systemctl status "vhive-registry-cache-*"', 'curl -s http://<address of the master>:5100/v2/_catalog'],
  },
  assumedSeconds: 20,
  enabled: ({ config }) => config.registry.cache.enabled,
  steps: (context) => [caches(context)],
};

function caches(context: PhaseContext): Step {
  const { controlPlane } = context;
  const all = registryCaches(context);
  return nodeStep(context, PHASE, controlPlane, {
    title: 'registry caches',
    needs: [systemStep(controlPlane)],
    tasks: [
      task('package', 'docker-registry', 'apt.packages', { packages: ['docker-registry'] }),
      // The package starts a registry of its own, which caches nothing and takes port 5000.
      task('own-service', 'docker-registry.service masked', 'systemd.unit', {
        name: 'docker-registry.service',
        state: 'masked',
      }),
      ...all.flatMap((cache) => cacheTasks(cache, controlPlane.address)),
    ],
  });
}

function cacheTasks({ upstream, port }: RegistryCache, address: string): Task[] {
  const instance = upstream.replaceAll(/[^A-Za-z0-9.-]/g, '_');
  const id = instance.replaceAll(/[^A-Za-z0-9]/g, '-');
  const path = `/etc/vhive-registry-cache/${instance}.yml`;
  return [
    task(`configuration-${id}`, `the registry cache of ${upstream} at ${address}:${port}`, 'file', {
      state: 'present',
      path,
      content: configuration(instance, upstream, `${address}:${port}`),
    }),
    task(`service-${id}`, `the registry cache of ${upstream} runs`, 'systemd.unit', {
      name: `vhive-registry-cache-${instance}.service`,
      content: registryCacheUnit(instance),
      enabled: true,
      state: 'running',
      restartOn: [path, '/usr/bin/docker-registry', PROXY_FILE],
      // It ends while its upstream cannot be reached. Nothing is lost by that, because nodes then ask the upstream
      // themselves.
      mayCrashLoop: true,
    }),
  ];
}

/**
 * Writes the configuration as JSON, which is valid YAML:
 * https://distribution.github.io/distribution/about/configuration/
 */
function configuration(instance: string, upstream: string, address: string): string {
  const content = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: `/var/lib/vhive-registry-cache/${instance}` } },
    http: { addr: address },
    proxy: { remoteurl: registryUrl(upstream) },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
