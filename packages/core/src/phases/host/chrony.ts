import type { Phase } from '../kit/phase.ts';
import { nodeStep } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { systemStep } from './system.ts';

const PHASE = 'chrony';
const CONFIG = '/etc/chrony/chrony.conf';

/** chrony keeps the clocks. Nothing waits for it, because preflight has refused clocks that are apart. */
export const chrony: Phase = {
  name: PHASE,
  title: 'Clocks',
  description: 'Makes chrony keep the clocks of all nodes, with servers of the operator’s choice, where asked for',
  realness: {
    lab: 'boundary',
    note: 'The service and its files are made. The hosts of the lab share one clock, which chrony must not set there.',
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

/**
 * Writes the whole configuration, because folders of fragments only came with chrony 4. All of it but the servers is
 * Debian's.
 */
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

/** Writes the line of a server. The first server is preferred, and a port goes into an option of its own. */
function source(server: string, index: number): string {
  const [name, port] = server.split(':');
  return `server ${name}${port === undefined ? '' : ` port ${port}`} iburst${index === 0 ? ' prefer' : ''}`;
}
