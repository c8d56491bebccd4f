import { runsMicroVms } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { memberStep } from '../kubernetes/join.ts';
import { nodeReadyStep } from '../kubernetes/nodes-ready.ts';
import { POOL_NAME } from '../microvms/firecracker-files.ts';
import { readySteps } from './ready.ts';

const PHASE = 'inspection';

/**
 * The last phase checks that what was set up on each host runs and stays up. `vhive-coord doctor` shows what it finds.
 */
export const inspection: Phase = {
  name: PHASE,
  title: 'Last look',
  description: 'Checks on every host that services run and stay up, KVM opens, and pools and file systems have room',
  realness: {
    lab: 'real',
    note: 'Containers have no KVM and no thin pool. Machines under qemu have both, but a run with microVMs does not come that far there. Those checks are tested with recorded output.',
    byHand: ['systemctl --failed', 'dmsetup status', 'df -h /'],
  },
  assumedSeconds: 1,
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'last look',
        needs: [memberStep(context, node)],
        // The hosts are inspected even when the cluster did not become ready, because `doctor` is called when something
        // is wrong.
        after: [nodeReadyStep(node), ...readySteps(context)],
        tasks: [
          task('inspect', 'services run and stay up', 'inspect.host', {
            units: context.facts.units(node),
            needsKvm: runsMicroVms(context, node),
            thinPool: runsMicroVms(context, node) ? POOL_NAME : null,
          }),
        ],
        policy: { retries: 1, backoffMs: 3_000 },
      }),
    ),
};
