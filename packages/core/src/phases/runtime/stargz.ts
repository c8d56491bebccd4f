import { stringify } from 'smol-toml';
import { PROXY_FILE } from '../host/proxy.ts';
import { systemStep } from '../host/system.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { plainRegistries, registryCaches } from './registry-hosts.ts';
import { STARGZ_SOCKET } from './stargz-paths.ts';
import { stargzUnit } from './units.ts';

const PHASE = 'stargz';
const CONFIG = '/etc/containerd-stargz-grpc/config.toml';
const programs = ['containerd-stargz-grpc', 'ctr-remote', 'stargz-store'];

/** The step that runs a node's stargz snapshotter. */
export const stargzStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The phase runs the snapshotter as a service before containerd asks for it. */
export const stargz: Phase = {
  name: PHASE,
  title: 'stargz snapshotter',
  description: 'Runs the stargz snapshotter as a service, so that images are mounted at once and read as they are used',
  realness: {
    lab: 'untested',
    note: 'The snapshotter never ran in the lab: its file systems need FUSE, and images in the eStargz format from a registry.',
    byHand: [
      'systemctl status stargz-snapshotter',
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
          task('service', 'stargz-snapshotter.service runs', 'systemd.unit', {
            name: 'stargz-snapshotter.service',
            content: stargzUnit,
            enabled: true,
            state: 'running',
            restartOn: ['/usr/local/bin/containerd-stargz-grpc', CONFIG, PROXY_FILE],
            readyPath: STARGZ_SOCKET,
          }),
        ],
      }),
    ),
};

/**
 * Writes the configuration. The snapshotter does not read hosts.toml, so it must be told separately of every registry
 * that is not at plain https. https://github.com/containerd/stargz-snapshotter/blob/main/docs/overview.md
 */
function configuration(context: PhaseContext): string {
  const { controlPlane } = context;
  const mirrors = [
    ...plainRegistries(context).map((registry) => [registry, registry] as const),
    ...registryCaches(context).map(({ upstream, port }) => [upstream, `${controlPlane.address}:${port}`] as const),
  ];
  const host = Object.fromEntries(
    mirrors.map(([registry, mirror]) => [registry, { mirrors: [{ host: mirror, insecure: true }] }]),
  );
  return `${WRITTEN_BY_VHIVE}${stringify({ resolver: { host } })}\n`;
}
