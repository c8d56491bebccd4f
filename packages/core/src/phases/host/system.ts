import type { Task } from '@vhive/shared';
import { isAlone, type PhaseContext, type PlanNode, runsMicroVms } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { PREFLIGHT_PASSED } from './preflight.ts';

const PHASE = 'system';

/** The step that readies a node's system. */
export const systemStep = (node: { name: string }) => stepId(PHASE, node.name);

/** Periodic jobs of apt that would fight for the dpkg lock and restart things under experiments. */
const periodic = ['Update-Package-Lists', 'Download-Upgradeable-Packages', 'AutocleanInterval', 'Unattended-Upgrade'];

/** What every node needs: tools of kubeadm and kube-proxy, the runtime's library, and those scripts expect. */
const packages = [
  ...['conntrack', 'ebtables', 'ethtool', 'socat', 'iptables', 'nftables', 'iproute2', 'util-linux', 'libseccomp2'],
  ...['ca-certificates', 'curl', 'kmod', 'procps', 'jq', 'acl', 'net-tools', 'bc', 'tar'],
];

/** What more its sandbox needs: device-mapper and its tools for microVMs; FUSE for images mounted lazily. */
function packagesOf(context: PhaseContext, node: PlanNode): string[] {
  return [
    ...packages,
    ...(runsMicroVms(context, node) ? ['dmsetup', 'thin-provisioning-tools', 'e2fsprogs', 'rsync', 'sudo'] : []),
    ...(context.features.stockStargz ? ['fuse3'] : []),
  ];
}

/** Kernel settings of vHive's set-up. Those marked optional belong to the machine, which a container cannot set. */
const settings = [
  { key: 'net.ipv4.ip_forward', value: '1' },
  { key: 'net.ipv4.conf.all.forwarding', value: '1' },
  { key: 'net.bridge.bridge-nf-call-iptables', value: '1' },
  { key: 'net.bridge.bridge-nf-call-ip6tables', value: '1' },
  { key: 'net.ipv4.conf.all.promote_secondaries', value: '1' },
  { key: 'net.ipv4.ip_local_port_range', value: '32769 65535' },
  { key: 'net.ipv4.neigh.default.gc_thresh1', value: '1024', optional: true },
  { key: 'net.ipv4.neigh.default.gc_thresh2', value: '2048', optional: true },
  { key: 'net.ipv4.neigh.default.gc_thresh3', value: '4096', optional: true },
  { key: 'kernel.pid_max', value: '4194303', optional: true },
  { key: 'kernel.threads-max', value: '999999999', optional: true },
];

const limitValues = { nofile: 1_000_000, nproc: 4_000_000, stack: 65_536 };

/** The host's own system: packages, limits, kernel. */
export const system: Phase = {
  name: PHASE,
  title: 'System',
  description: 'Automatic upgrades off, packages, resource limits, kernel modules and settings, no swap',
  realness: {
    lab: 'real',
    note: 'Settings that the kernel does not give each container are private copies there.',
    byHand: ['sysctl --system | grep vhive', 'swapon --show'],
  },
  assumedSeconds: 30,
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'system',
        needs: [PREFLIGHT_PASSED],
        tasks: [
          ...(isAlone(context) ? [] : [stopAnswering(node.address)]),
          ...upgradesOff(),
          ...rest(packagesOf(context, node)),
        ],
      }),
    ),
};

/** The ports that preflight answered on are Kubernetes' own soon. */
function stopAnswering(address: string): Task {
  return task('close', 'ports answered on in preflight are closed', 'preflight.listen', {
    address,
    ports: [],
    seconds: 1,
  });
}

function upgradesOff(): Task[] {
  const unit = (name: string, state: 'stopped' | 'masked') =>
    task(`${name.replaceAll('.', '-')}`, `${name} ${state}`, 'systemd.unit', {
      name,
      state,
      ...(state === 'stopped' ? { enabled: false } : {}),
    });
  return [
    task('auto-upgrades', 'no automatic upgrades', 'file', {
      state: 'absent',
      path: '/etc/apt/apt.conf.d/20auto-upgrades',
    }),
    task('apt-periodic', 'no periodic jobs of apt', 'file', {
      state: 'present',
      path: '/etc/apt/apt.conf.d/99auto-upgrades',
      content: periodic.map((name) => `APT::Periodic::${name} "0";\n`).join(''),
    }),
    unit('apt-daily.timer', 'stopped'),
    unit('apt-daily-upgrade.timer', 'stopped'),
    unit('apt-daily.service', 'masked'),
    unit('apt-daily-upgrade.service', 'masked'),
  ];
}

function rest(packages: string[]): Task[] {
  return [
    task('packages', `${packages.length} packages`, 'apt.packages', { packages }),
    task('limits', 'resource limits of login sessions', 'limits', {
      file: 'vhive.conf',
      entries: ['*', 'root'].flatMap((domain) =>
        Object.entries(limitValues).map(([item, value]) => ({ domain, item, value })),
      ),
    }),
    task('modules', 'kernel modules overlay and br_netfilter', 'kernel.modules', {
      file: 'vhive.conf',
      modules: ['overlay', 'br_netfilter'],
    }),
    task('sysctl', 'kernel settings', 'sysctl', { file: '90-vhive.conf', settings }),
    task('swap', 'no swap', 'swap.off', {}),
  ];
}
