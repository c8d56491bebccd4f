import type { Phase } from '../kit/phase.ts';
import { nodeStep } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { systemStep } from './system.ts';

const PHASE = 'chrony';
const CONFIG = '/etc/chrony/chrony.conf';

/** Clocks kept by chrony: nothing waits for it, as preflight has refused clocks that are apart. */
export const chrony: Phase = {
  name: PHASE,
  title: 'Clocks',
  description: 'chrony keeps the clocks of all nodes, where asked for, with servers of the operator’s choice',
  realness: {
    lab: 'boundary',
    note: 'The service and its files are made; hosts of the lab share one clock, which chrony there must not set.',
    byHand: ['chronyc sources', 'chronyc tracking'],
  },
  assumedSeconds: 10,
  enabled: ({ config }) => config.extras.chrony.enabled,
  units: () => ['chrony.service'],
  steps: (context) => {
    const { servers } = context.config.extras.chrony;
    return context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'chrony',
        needs: [systemStep(node)],
        tasks: [
          task('package', 'chrony', 'apt.packages', { packages: ['chrony'] }),
          ...(servers.length === 0
            ? []
            : [
                task('configuration', `servers ${servers.join(', ')}`, 'file', {
                  state: 'present',
                  path: CONFIG,
                  content: configuration(servers),
                }),
              ]),
          task('service', 'chrony.service runs', 'systemd.unit', {
            name: 'chrony.service',
            enabled: true,
            state: 'running',
            restartOn: [CONFIG],
          }),
        ],
      }),
    );
  },
};

/** The whole configuration, as folders of fragments came with chrony 4 only; beside the servers it is Debian's. */
function configuration(servers: readonly string[]): string {
  const lines = [
    ...servers.map(source),
    'driftfile /var/lib/chrony/chrony.drift',
    'maxupdateskew 100.0',
    'makestep 1 3',
    'rtcsync',
    'leapsectz right/UTC',
    '',
  ];
  return `${WRITTEN_BY_VHIVE}${lines.join('\n')}`;
}

/** A line for a server: the first server is preferred; a port goes into an option of its own. */
function source(server: string, place: number): string {
  const [name, port] = server.split(':');
  return `server ${name}${port === undefined ? '' : ` port ${port}`} iburst${place === 0 ? ' prefer' : ''}`;
}
