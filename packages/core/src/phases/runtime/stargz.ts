import { stringify } from 'smol-toml';
import { PROXY_FILE } from '../host/proxy.ts';
import { systemStep } from '../host/system.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { coordinatorCa, registryHosts } from './registry-hosts.ts';
import { stargzMountsTasks } from './stargz-mounts.ts';
import { STARGZ_CERTIFICATES, STARGZ_SOCKET } from './stargz-paths.ts';
import { stargzUnit } from './units.ts';

const PHASE = 'stargz';
const CONFIG = '/etc/containerd-stargz-grpc/config.toml';
const CA = `${STARGZ_CERTIFICATES}/coordinator.pem`;
const programs = ['containerd-stargz-grpc', 'ctr-remote', 'stargz-store'];

/** The step that runs a node's stargz snapshotter. */
export const stargzStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The phase runs the snapshotter as a service before containerd asks for it. */
export const stargz: Phase = {
  name: PHASE,
  title: 'stargz snapshotter',
  description: 'Runs the stargz snapshotter as a service, so that images are mounted at once and read as they are used',
  realness: {
    lab: 'real',
    note: 'The lab runs the library of the stargz snapshotter in a program of its own, because upstream’s command is not to be had as a Go module. Its `ctr-remote image optimize` is a stand-in of the lab too, by means of that library; pull and push are containerd’s own ctr. A function of an image that was optimized so is pulled lazily out of the registry in the cluster.',
    byHand: [
      'systemctl status stargz-snapshotter',
      'vhive-coord image optimize IMAGE NEW',
      'ctr-remote image rpull ghcr.io/stargz-containers/python:3.13-esgz',
      'mount | grep stargz',
    ],
  },
  assumedSeconds: 5,
  enabled: ({ features }) => features.stockStargz,
  components: { stargz: 'nodes' },
  units: () => ['stargz-snapshotter.service'],
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'stargz snapshotter',
        needs: [systemStep(node), artifactStep('stargz-snapshotter', node)],
        tasks: [
          task('programs', `stargz snapshotter ${context.versions.stargz}`, 'artifact.archive', {
            artifact: artifactOf('stargz-snapshotter', node),
            directory: '/usr/local/bin',
            only: programs,
          }),
          task('configuration', 'registries of the stargz snapshotter', 'file', {
            state: 'present',
            path: CONFIG,
            content: configuration(context),
          }),
          ...(context.imageServer === undefined ? [] : [coordinatorCa(context.imageServer, CA)]),
          ...stargzMountsTasks(context),
          task('service', 'stargz-snapshotter.service runs', 'systemd.unit', {
            name: 'stargz-snapshotter.service',
            content: stargzUnit,
            enabled: true,
            state: 'running',
            restartOn: [
              '/usr/local/bin/containerd-stargz-grpc',
              CONFIG,
              ...(context.imageServer ? [CA] : []),
              PROXY_FILE,
            ],
            readyPath: STARGZ_SOCKET,
          }),
        ],
      }),
    ),
};

/**
 * Writes the configuration. The snapshotter does not read hosts.toml, so it is told separately whom to ask, in the same
 * order; the registry itself it asks last by itself.
 * https://github.com/containerd/stargz-snapshotter/blob/main/docs/overview.md
 *
 * It starts even where an image that was mounted before cannot be had, because no pod of the node starts without it.
 */
function configuration(context: PhaseContext): string {
  const host = Object.fromEntries(
    registryHosts(context).map(({ registry, hosts }) => [registry, { mirrors: hosts.map(({ url }) => mirror(url)) }]),
  );
  const snapshotter = { allow_invalid_mounts_on_restart: true };
  return `${WRITTEN_BY_VHIVE}${stringify({ snapshotter, resolver: { host } })}\n`;
}

function mirror(url: string): { host: string; insecure?: true } {
  const [, protocol, host = url] = /^(https?):\/\/([^/]+)/.exec(url) ?? [];
  return { host, ...(protocol === 'http' ? { insecure: true } : {}) };
}
