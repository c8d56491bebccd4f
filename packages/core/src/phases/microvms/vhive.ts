import type { Step } from '@vhive/shared';
import { shortVersion } from '../../versions/resolve.ts';
import { PROXY_FILE } from '../host/proxy.ts';
import { functionNodes, type PhaseContext, type PlanNode, runsMicroVms, VHIVE_SOCKET } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { usesCredentials, vhiveFlags } from '../kit/vhive-flags.ts';
import { runtimeStep } from '../runtime/runtime.ts';
import { microVmSteps } from './firecracker.ts';
import { dnsTask, VHIVE_KUBECTL } from './microvm-dns.ts';
import { buildStep, buildVhive, builtVhive } from './vhive-build.ts';
import { CREDENTIALS_FILE, nodeCredentials, sealCredentials } from './vhive-credentials.ts';
import { vhiveUnit } from './vhive-unit.ts';

const PHASE = 'vhive';
const BINARY = '/usr/local/bin/vhive';

/** The step that runs vHive on a node. */
export const vhiveStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The phase compiles vHive once and runs it on the nodes that run functions. */
export const vhive: Phase = {
  name: PHASE,
  title: 'vHive',
  description: 'Compiles vHive once for all nodes and runs it as a service in front of containerd, where functions run',
  realness: {
    lab: 'boundary',
    note: 'Compiling, publishing and the file that takes credentials are tried with a real Go and small programs. The service never ran: of the lab’s hosts only machines under qemu have what it needs, a device mapper and KVM, and vHive’s firecracker-containerd cannot be had there.',
    byHand: [
      'systemctl status vhive',
      'crictl --runtime-endpoint unix:///etc/vhive-cri/vhive-cri.sock ps',
      'journalctl -u vhive -f',
    ],
  },
  assumedSeconds: 60,
  enabled: ({ features }) => features.microVms,
  components: { vhiveSource: 'build-node', go: 'build-node' },
  units: (context, node) => (runsMicroVms(context, node) ? ['vhive.service'] : []),
  steps: (context) => [
    buildVhive(context),
    ...sealCredentials(context),
    ...functionNodes(context).map((node) => runVhive(context, node)),
  ],
};

function runVhive(context: PhaseContext, node: PlanNode): Step {
  const { versions } = context;
  const credentials = nodeCredentials(context, node);
  return nodeStep(context, PHASE, node, {
    title: 'vHive',
    needs: [...microVmSteps(node), runtimeStep(node), buildStep(context), ...credentials.needs],
    tasks: [
      task('binary', `vHive ${shortVersion(versions.vhiveSource)} in /usr/local/bin`, 'artifact.file', {
        artifact: builtVhive(context),
        path: BINARY,
        mode: '0755',
      }),
      dnsTask(context),
      ...credentials.tasks,
      task('service', `vhive ${vhiveFlags(context, node).join(' ')}`.trimEnd(), 'systemd.unit', {
        name: 'vhive.service',
        content: vhiveUnit(context, node),
        enabled: true,
        state: 'running',
        restartOn: [BINARY, VHIVE_KUBECTL, PROXY_FILE, ...(usesCredentials(context) ? [CREDENTIALS_FILE] : [])],
        readyPath: VHIVE_SOCKET,
      }),
    ],
  });
}
