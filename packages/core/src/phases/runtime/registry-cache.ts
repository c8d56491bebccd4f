import type { Step, Task } from '@vhive/shared';
import { systemStep } from '../host/system.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { type RegistryCache, registryCaches, registryUrl } from './registry-hosts.ts';
import { registryCacheUnit } from './units.ts';

const PHASE = 'registry-cache';

/** The step that runs the pull-through caches. */
export const registryCacheStep = ({ controlPlane }: PhaseContext) => stepId(PHASE, controlPlane.name);

/** One cache per upstream, as a registry can stand in for one only. */
export const registryCache: Phase = {
  name: PHASE,
  title: 'Registry caches',
  description: 'Pull-through caches of image registries on the control plane, where asked for',
  realness: {
    lab: 'boundary',
    note: 'Debian’s docker-registry reads its configuration; it ends at once where no upstream registry can be reached, as here.',
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
    title: 'pull-through caches',
    needs: [systemStep(controlPlane)],
    tasks: [
      task('package', 'docker-registry', 'apt.packages', { packages: ['docker-registry'] }),
      // The package starts one of its own, which caches nothing and takes port 5000.
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
    task(`configuration-${id}`, `a cache of ${upstream} at ${address}:${port}`, 'file', {
      state: 'present',
      path,
      content: configuration(instance, upstream, `${address}:${port}`),
    }),
    task(`service-${id}`, `the cache of ${upstream} runs`, 'systemd.unit', {
      name: `vhive-registry-cache-${instance}.service`,
      content: registryCacheUnit(instance),
      enabled: true,
      state: 'running',
      restartOn: [path, '/usr/bin/docker-registry'],
      // It ends while its upstream cannot be reached, and nothing is lost by that: nodes then ask by themselves.
      mayCrashLoop: true,
    }),
  ];
}

/** YAML, of which JSON is a part: https://distribution.github.io/distribution/about/configuration/ */
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
