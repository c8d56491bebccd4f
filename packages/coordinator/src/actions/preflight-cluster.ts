import type { Finding, Outputs, Params } from '@vhive/shared';
import { membershipFindings } from './membership-findings.ts';

/** What the check needs to know about the clock of a node. */
export interface NodeClock {
  name: string;
  /** The agent's clock minus the coordinator's, in milliseconds; null while it is unknown. */
  clockOffsetMs: number | null;
}

/**
 * Checks what only a look at the whole cluster can tell: that clocks agree, that host names, addresses and machine
 * ids are unique, and that no node belongs to another cluster.
 */
export function preflightCluster(
  params: Params<'preflight.cluster'>,
  clocks: readonly NodeClock[],
): Outputs<'preflight.cluster'> {
  return {
    findings: [...params.findings, ...duplicates(params), ...membershipFindings(params), ...clockSkew(params, clocks)],
  };
}

function duplicates({ nodes }: Params<'preflight.cluster'>): Finding[] {
  const fields = [
    ['hostname', 'give each host its own name: hostnamectl set-hostname <name>'],
    ['address', 'choose the network with --lan <cidr|interface>'],
    [
      'machineId',
      'hosts cloned from one image: on all but one, vhive-agent uninstall --purge, rm /etc/machine-id, systemd-machine-id-setup, then install the agent again (and here: vhive-coord nodes remove <name>)',
    ],
  ] as const;
  return fields.flatMap(([field, hint]) =>
    [...Map.groupBy(nodes, (node) => node[field])]
      .filter(([, same]) => same.length > 1)
      .map(([value, same]) => ({
        check: `unique ${field}`,
        level: 'error' as const,
        message: `${same.map((node) => node.name).join(' and ')} have the same ${field} ${value}`,
        hint,
      })),
  );
}

function clockSkew({ nodes, maxClockSkewMs }: Params<'preflight.cluster'>, clocks: readonly NodeClock[]): Finding[] {
  const names = new Set(nodes.map((node) => node.name));
  const known = clocks
    .filter((clock) => names.has(clock.name) && clock.clockOffsetMs !== null)
    .map((clock) => ({ name: clock.name, offset: clock.clockOffsetMs ?? 0 }))
    .sort((a, b) => a.offset - b.offset);
  const slowest = known[0];
  const fastest = known.at(-1);
  if (!slowest || !fastest || fastest.offset - slowest.offset <= maxClockSkewMs) return [];
  return [
    {
      check: 'clock skew',
      level: 'error',
      message: `the clock of ${fastest.name} is ${Math.round(fastest.offset - slowest.offset)} ms ahead of that of ${slowest.name}, at most ${maxClockSkewMs} ms are fine: joins would fail with misleading token errors`,
      hint: 'synchronise the clocks: apt-get install chrony on every node',
    },
  ];
}
