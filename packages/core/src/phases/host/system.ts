import type { Task } from '@vhive/shared';
import { isAlone, type PhaseContext, type PlanNode, runsMicroVms } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { PREFLIGHT_PASSED } from './preflight.ts';
import { proxyTasks } from './proxy.ts';

const PHASE = 'system';

/** The step that readies a node's system. */
export const systemStep = (node: { name: string }) => stepId(PHASE, node.name);

/** The periodic jobs of apt that would fight for the dpkg lock and restart services during experiments. */
const periodic = ['Update-Package-Lists', 'Download-Upgradeable-Packages', 'AutocleanInterval', 'Unattended-Upgrade'];

/**
 * The packages that every node needs: the tools of kubeadm and kube-proxy, the library of the container runtime, and
 * the tools that vHive's scripts expect.
 */
const packages = [
  ...['conntrack', 'ebtables', 'ethtool', 'socat', 'iptables', 'nftables', 'iproute2', 'util-linux', 'libseccomp2'],
  ...['ca-certificates', 'curl', 'kmod', 'procps', 'jq', 'acl', 'net-tools', 'bc', 'tar'],
];

/**
 * Returns the packages of a node, with those that its sandbox needs: device-mapper and its tools for microVMs, and FUSE
 * for images that are mounted lazily.
 */
function packagesOf(context: PhaseContext, node: PlanNode): string[] {
  return [
    ...packages,
    ...(runsMicroVms(context, node) ? ['dmsetup', 'thin-provisioning-tools', 'e2fsprogs', 'rsync', 'sudo'] : []),
    ...(context.features.stockStargz ? ['fuse3'] : []),
  ];
}

/**
 * The kernel settings of vHive's set-up. Those marked optional belong to the machine, and a container cannot set them.
 */
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
  // What a full node needs: every container, and every watch of the kubelet and of containerd, takes one of these. The
  // table of connections is kube-proxy's (kubeProxyConfiguration.conntrack).
  { key: 'fs.inotify.max_user_instances', value: '8192', optional: true, atLeast: true },
  { key: 'fs.inotify.max_user_watches', value: '524288', optional: true, atLeast: true },
  { key: 'vm.max_map_count', value: '262144', optional: true, atLeast: true },
];

const limitValues = { nofile: 1_000_000, nproc: 4_000_000, stack: 65_536 };

/** The phase prepares the system of every host: its packages, limits and kernel. */
export const system: Phase = {
  name: PHASE,
  title: 'System',
  description:
    'Turns automatic upgrades and swap off, installs packages, sets resource limits, kernel modules and kernel settings',
  realness: {
    lab: 'real',
    note: 'Settings that the kernel does not give each container are private copies in the lab’s containers. Machines under qemu have a kernel of their own, and keep settings, modules and missing swap over a reboot (npm run test:emulated).',
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
          ...proxyTasks(context),
          ...upgradesOff(),
          ...rest(packagesOf(context, node)),
        ],
      }),
    ),
};

/** Makes a task that closes the ports on which preflight answered, because Kubernetes will take them. */
function stopAnswering(address: string): Task {
  return task('close', 'the ports that preflight opened are closed', 'preflight.listen', {
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
