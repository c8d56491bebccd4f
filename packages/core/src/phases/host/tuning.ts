import type { ClusterConfig, Task } from '@vhive/shared';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { PREFLIGHT_PASSED } from './preflight.ts';

const PHASE = 'tuning';

type Tuning = ClusterConfig['extras']['tuning'];

/** The step that tunes a node. It comes before the kubelet, which counts the CPUs when it starts. */
export const tuningStep = (node: PlanNode) => stepId(PHASE, node.name);

/** Whether the cluster file asks for any tuning. */
const isTuned = ({ config }: Pick<PhaseContext, 'config'>) =>
  Object.values(config.extras.tuning).some((value) => value !== undefined);

/** The phase makes experiments repeatable. It only sets what the operator names. */
export const tuning: Phase = {
  name: PHASE,
  title: 'Tuning',
  description: 'Sets hardware threads, turbo, huge pages and NUMA balancing as experiments need them, where asked for',
  realness: {
    lab: 'boundary',
    note: 'The files are made. The hosts of the lab share the settings of their machine, which are left alone.',
    byHand: [
      'cat /sys/devices/system/cpu/smt/active',
      'cat /sys/devices/system/cpu/intel_pstate/no_turbo',
      'cat /sys/kernel/mm/transparent_hugepage/enabled',
      'sysctl kernel.numa_balancing',
    ],
  },
  assumedSeconds: 2,
  enabled: isTuned,
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'tuning',
        needs: [PREFLIGHT_PASSED],
        tasks: tasksFor(context.config.extras.tuning),
      }),
    ),
};

function tasksFor(tuning: Tuning): Task[] {
  const settings = sysfsSettings(tuning);
  return [
    ...(settings.length === 0
      ? []
      : [
          task('sysfs', settings.map(({ title }) => title).join(', '), 'sysfs', {
            file: 'vhive-tuning.conf',
            settings,
          }),
        ]),
    ...(tuning.numaBalancing === undefined
      ? []
      : [
          task('numa', `NUMA balancing ${tuning.numaBalancing ? 'on' : 'off'}`, 'sysctl', {
            file: '91-vhive-tuning.conf',
            // A kernel without this setting has only one memory node, so nothing needs to be balanced.
            settings: [{ key: 'kernel.numa_balancing', value: tuning.numaBalancing ? '1' : '0', optional: true }],
          }),
        ]),
  ];
}

/**
 * Returns the settings with the kernel's paths and values, from its Documentation/admin-guide/cpu-hotplug,
 * pm/intel_pstate and mm/transhuge.
 */
function sysfsSettings({ smt, turbo, transparentHugePages }: Tuning) {
  const cpu = '/sys/devices/system/cpu';
  const thp = '/sys/kernel/mm/transparent_hugepage';
  const word = (value: boolean) => (value ? 'on' : 'off');
  return [
    ...(smt === undefined
      ? []
      : [
          {
            title: `hardware threads ${word(smt)}`,
            paths: [{ path: `${cpu}/smt/control`, value: word(smt) }],
          },
        ]),
    ...(turbo === undefined
      ? []
      : [
          {
            title: `turbo ${word(turbo)}`,
            paths: [
              { path: `${cpu}/intel_pstate/no_turbo`, value: turbo ? '0' : '1' },
              { path: `${cpu}/cpufreq/boost`, value: turbo ? '1' : '0' },
            ],
          },
        ]),
    ...(transparentHugePages === undefined
      ? []
      : ['enabled', 'defrag'].map((file) => ({
          title: `huge pages: ${file} ${transparentHugePages}`,
          paths: [{ path: `${thp}/${file}`, value: transparentHugePages }],
        }))),
  ];
}
