import { stringify } from 'smol-toml';
import { PREFLIGHT_PASSED } from '../host/preflight.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import type { PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { RUNSC_CONFIG_PATH } from './containerd-config.ts';

const PHASE = 'gvisor';
const files = ['runsc', 'containerd-shim-runsc-v1'] as const;

/** The step that puts gVisor on a node. */
export const gvisorStep = (node: PlanNode) => stepId(PHASE, node.name);

/** Whether runsc leaves cgroups to systemd, as everything else does here. It only can with cgroup version 2. */
export const systemdMakesCgroups = ({ facts }: PlanNode) => facts.cgroupVersion === 2;

const flags = task('flags', 'systemd makes the cgroups of gVisor', 'file', {
  state: 'present',
  path: RUNSC_CONFIG_PATH,
  content: `${WRITTEN_BY_VHIVE}${stringify({ runsc_config: { 'systemd-cgroup': 'true' } })}\n`,
});

/**
 * The phase puts gVisor's programs on the nodes before containerd starts. containerd's configuration names the runtime,
 * and a RuntimeClass makes it known to the cluster.
 */
export const gvisor: Phase = {
  name: PHASE,
  title: 'gVisor',
  description: 'Puts runsc and its containerd shim on every node, where functions run under gVisor',
  realness: {
    lab: 'real',
    note: 'The lab runs gVisor and its shim from the newest commit that its Go module is to be had of, with one change: a host of the lab may not lower an OOM score, so a refusal of that is no error.',
    byHand: ['runsc --version', 'runsc --rootless --network=none do true'],
  },
  assumedSeconds: 3,
  enabled: ({ features }) => features.gvisor,
  components: { gvisor: 'nodes' },
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'gVisor',
        needs: [PREFLIGHT_PASSED, ...files.map((file) => artifactStep(file, node))],
        tasks: [
          ...files.map((file) =>
            task(file, `${file} ${context.versions.gvisor}`, 'artifact.file', {
              artifact: artifactOf(file, node),
              path: `/usr/local/bin/${file}`,
              mode: '0755',
            }),
          ),
          ...(systemdMakesCgroups(node) ? [flags] : []),
        ],
      }),
    ),
};
