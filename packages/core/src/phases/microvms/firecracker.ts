import { defined, type Step, type Task } from '@vhive/shared';
import type { FileName } from '../../versions/catalogue.ts';
import { shortVersion } from '../../versions/resolve.ts';
import { PREFLIGHT_PASSED } from '../host/preflight.ts';
import { PROXY_FILE } from '../host/proxy.ts';
import { systemStep } from '../host/system.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import { functionNodes, type PhaseContext, type PlanNode, runsMicroVms } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import {
  DEMUX_CONFIG,
  DEMUX_DIRECTORY,
  DEMUX_SOCKET,
  demuxConfig,
  FIRECRACKER_CONFIG,
  FIRECRACKER_RUNTIME,
  FIRECRACKER_SOCKET,
  firecrackerContainerdConfig,
  firecrackerRuntime,
  KERNEL_IMAGE,
  ROOT_DRIVE,
} from './firecracker-files.ts';
import { demuxUnit, firecrackerUnit, resolverUnit } from './firecracker-units.ts';
import { smokeBootSteps } from './microvm-boot.ts';
import { microVmRules } from './microvm-network.ts';
import { poolStep, poolSteps } from './thin-pool.ts';

const PHASE = 'firecracker';
const binaries = [
  ...['firecracker', 'jailer', 'containerd-shim-aws-firecracker', 'firecracker-containerd', 'firecracker-ctr'],
] as const;
const stargzBinaries = ['demux-snapshotter', 'http-address-resolver'] as const;

const filesStep = (node: PlanNode) => stepId('firecracker-files', node.name);
const networkStep = (node: PlanNode) => stepId('microvm-network', node.name);
const daemonStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The steps that must be done before a microVM can start on a node. */
export const microVmSteps = (node: PlanNode) => [daemonStep(node), networkStep(node)];

/** Returns the name in the catalogue of the kernel that microVMs boot. */
const kernelFile = ({ features }: PhaseContext) => (features.legacyVhive ? 'hello-vmlinux' : 'vhive-kernel');

/**
 * The phase sets Firecracker up on the nodes that run functions: files, thin pool and network side by side, then the
 * daemon.
 */
export const firecracker: Phase = {
  name: PHASE,
  title: 'Firecracker',
  description:
    'Sets up Firecracker, its containerd with the thin pool, and the network of microVMs, where functions run in them',
  realness: {
    lab: 'boundary',
    note: 'Files, units and rules are made. The thin pool is made, grown and brought back at boot by systemd and a real kernel of its own: User Mode Linux (npm run test:lab), and Debian’s under qemu (npm run test:emulated). microVMs need KVM, which containers lack; `vhive-coord lab up --emulated 1` makes a host that has it, but the publishers’ files cannot be had in the lab.',
    byHand: [
      'dmsetup status fc-dev-thinpool',
      'nft list table ip vhive',
      'systemctl status firecracker-containerd',
      'firecracker-ctr --address /run/firecracker-containerd/containerd.sock plugins ls',
    ],
  },
  assumedSeconds: 10,
  enabled: ({ features }) => features.microVms,
  components: {
    vhiveBinaries: 'nodes',
    vhiveKernel: { users: 'nodes', when: ({ legacyVhive }) => !legacyVhive },
    vhiveLegacyKernel: { users: 'nodes', when: ({ legacyVhive }) => legacyVhive },
    vhiveStargzBinaries: { users: 'nodes', when: ({ microVmStargz }) => microVmStargz },
  },
  units: (context, node) =>
    runsMicroVms(context, node)
      ? [
          ...['vhive-thin-pool.service', 'vhive-microvm-network.service', 'firecracker-containerd.service'],
          ...(context.features.microVmStargz ? ['http-address-resolver.service', 'demux-snapshotter.service'] : []),
        ]
      : [],
  steps: (context) =>
    functionNodes(context).flatMap((node) => [
      files(context, node),
      ...poolSteps(context, node),
      network(context, node),
      daemon(context, node),
      ...smokeBootSteps(context, node, microVmSteps(node)),
    ]),
};

const binary = (name: FileName, node: PlanNode, path = `/usr/local/bin/${name}`, mode = '0755'): Task =>
  task(name, `${name} in ${path.slice(0, path.lastIndexOf('/'))}`, 'artifact.file', {
    artifact: artifactOf(name, node),
    path,
    mode,
  });

const directory = (path: string): Task =>
  task(path.slice(1).replaceAll('/', '-'), path, 'file', { state: 'directory', path });

const configuration = (id: string, title: string, path: string, content: string): Task =>
  task(id, title, 'file', { state: 'present', path, content });

function files(context: PhaseContext, node: PlanNode): Step {
  const stargz = context.features.microVmStargz;
  const programs = [...binaries, ...(stargz ? stargzBinaries : [])];
  const images = [kernelFile(context), 'default-rootfs.img'] as const;
  return nodeStep(context, PHASE, node, {
    id: filesStep(node),
    title: 'files of Firecracker',
    needs: [PREFLIGHT_PASSED, ...[...programs, ...images].map((file) => artifactStep(file, node))],
    tasks: [
      ...['/var/lib/firecracker-containerd/containerd', '/etc/vhive-cri', '/fccd/snapshots'].map(directory),
      // The demux snapshotter only binds its socket.
      ...(stargz ? [directory(DEMUX_DIRECTORY)] : []),
      ...programs.map((name) => binary(name, node)),
      binary(kernelFile(context), node, KERNEL_IMAGE, '0644'),
      binary('default-rootfs.img', node, ROOT_DRIVE, '0644'),
      configuration(
        'configuration',
        'firecracker-containerd’s configuration',
        FIRECRACKER_CONFIG,
        firecrackerContainerdConfig({ stargz }),
      ),
      configuration(
        'runtime',
        `how microVMs of vHive ${shortVersion(context.versions.vhiveBinaries)} start`,
        FIRECRACKER_RUNTIME,
        firecrackerRuntime(context.features),
      ),
      ...(stargz
        ? [configuration('demux-configuration', 'demux-snapshotter’s configuration', DEMUX_CONFIG, demuxConfig)]
        : []),
    ],
  });
}

function network(context: PhaseContext, node: PlanNode): Step {
  return nodeStep(context, PHASE, node, {
    id: networkStep(node),
    title: 'network of microVMs',
    needs: [systemStep(node)],
    tasks: [
      task('nat', 'microVMs reach the world by the node’s address', 'nftables.table', {
        family: 'ip',
        table: 'vhive',
        rules: microVmRules(context.config),
        unit: 'vhive-microvm-network.service',
      }),
    ],
  });
}

function daemon(context: PhaseContext, node: PlanNode): Step {
  const stargz = context.features.microVmStargz;
  const service = (name: string, content: string, restartOn: string[], readyPath?: string): Task =>
    task(name, `${name}.service runs`, 'systemd.unit', {
      name: `${name}.service`,
      content,
      enabled: true,
      state: 'running',
      restartOn: [`/usr/local/bin/${name}`, ...restartOn],
      ...defined({ readyPath }),
    });
  return nodeStep(context, PHASE, node, {
    title: 'firecracker-containerd',
    needs: [filesStep(node), poolStep(node)],
    tasks: [
      service('firecracker-containerd', firecrackerUnit, [FIRECRACKER_CONFIG, PROXY_FILE], FIRECRACKER_SOCKET),
      ...(stargz
        ? [
            service('http-address-resolver', resolverUnit, []),
            service('demux-snapshotter', demuxUnit, [DEMUX_CONFIG], DEMUX_SOCKET),
          ]
        : []),
    ],
  });
}
