import type { Task } from '@vhive/shared';
import { pauseImage } from '../../versions/kubeadm.ts';
import { PROXY_FILE } from '../host/proxy.ts';
import { systemStep } from '../host/system.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import { CONTAINERD_SOCKET, type PhaseContext, type PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { containerdConfig } from './containerd-config.ts';
import { gvisorStep, systemdMakesCgroups } from './gvisor.ts';
import { registryHostTasks } from './registry-hosts.ts';
import { stargzStep } from './stargz.ts';
import { containerdUnit } from './units.ts';

const PHASE = 'runtime';
const CONFIG = '/etc/containerd/config.toml';

/** The step that gives a node its container runtime. */
export const runtimeStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The phase runs the container runtime as a service. */
export const runtime: Phase = {
  name: PHASE,
  title: 'Container runtime',
  description: 'Installs containerd, runc and the CNI plugins, and runs containerd as a service',
  realness: {
    lab: 'real',
    note: 'The lab runs containerd, runc and the CNI plugins of the versions that this release knows, compiled from their Go modules. The configuration of containerd 1 is not tried there.',
    byHand: ['systemctl status containerd', 'crictl info'],
  },
  assumedSeconds: 15,
  components: { containerd: 'nodes', runc: 'nodes', cniPlugins: 'nodes' },
  units: () => ['containerd.service'],
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'container runtime',
        needs: [
          systemStep(node),
          gvisorStep(node),
          stargzStep(node),
          ...(['containerd', 'runc', 'cni-plugins'] as const).map((file) => artifactStep(file, node)),
        ],
        tasks: tasksFor(context, node),
      }),
    ),
};

function tasksFor(context: PhaseContext, node: PlanNode): Task[] {
  const { config, features, versions } = context;
  return [
    task('containerd', `containerd ${versions.containerd} in /usr/local`, 'artifact.archive', {
      artifact: artifactOf('containerd', node),
      directory: '/usr/local',
      holds: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((name) => `bin/${name}`),
    }),
    task('runc', `runc ${versions.runc}`, 'artifact.file', {
      artifact: artifactOf('runc', node),
      path: '/usr/local/sbin/runc',
      mode: '0755',
    }),
    task('cni-plugins', `CNI plugins ${versions.cniPlugins} in /opt/cni/bin`, 'artifact.archive', {
      artifact: artifactOf('cni-plugins', node),
      directory: '/opt/cni/bin',
      holds: ['bridge', 'host-local', 'loopback', 'portmap'],
    }),
    task('configuration', `containerd’s configuration`, 'file', {
      state: 'present',
      path: CONFIG,
      content: containerdConfig({
        version: versions.containerd,
        sandboxImage: pauseImage(versions.kubernetes, config.kubernetes.imageRepository),
        canRaiseLimits: node.facts.canRaiseLimits,
        gvisor: features.gvisor,
        gvisorSystemdCgroup: systemdMakesCgroups(node),
        stargz: features.stockStargz,
        nvidia: features.gpu,
      }),
    }),
    ...registryHostTasks(context),
    task('service', 'containerd.service runs', 'systemd.unit', {
      name: 'containerd.service',
      content: containerdUnit,
      enabled: true,
      state: 'running',
      restartOn: [CONFIG, '/usr/local/bin/containerd', PROXY_FILE],
      readyPath: CONTAINERD_SOCKET,
    }),
    task('crictl-configuration', 'crictl talks to containerd', 'file', {
      state: 'present',
      path: '/etc/crictl.yaml',
      content: `runtime-endpoint: unix://${CONTAINERD_SOCKET}\nimage-endpoint: unix://${CONTAINERD_SOCKET}\n`,
    }),
  ];
}
