import type { ClusterConfig } from '@vhive/shared';
import * as z from 'zod';
import { clusterFileWith } from '../cluster-file/schema.ts';
import type { Stack } from '../plan/stack.ts';
import { type Catalogue, type ComponentName, catalogue, type FileName } from '../versions/catalogue.ts';
import { phases } from './index.ts';
import { artifactOf, artifactStep } from './kit/artifacts.ts';
import { clusterStep, deploymentAvailable, WAITING } from './kit/cluster-step.ts';
import type { PhaseContext, PlanNode } from './kit/context.ts';
import { applyManifest } from './kit/manifests.ts';
import type { Phase } from './kit/phase.ts';
import { clusterStepId, nodeStep, stepId } from './kit/steps.ts';
import { task } from './kit/task.ts';
import { controlPlaneStep } from './kubernetes/control-plane.ts';
import { NODES_SETTLED } from './kubernetes/nodes-ready.ts';

// The component Lantern does not exist. It shows what adding a component takes: these four edits, and no fifth.

/**
 * Edit 1 is its entry in `versions/catalogue.ts`. The types of the real catalogue cannot know it, so its names are cast
 * here.
 */
const withLantern: Catalogue = {
  ...catalogue,
  lantern: {
    title: 'Lantern',
    version: '1.2.3',
    files: {
      'lantern-manifest': { url: 'https://lantern.example/v{version}/lantern.yaml' },
      lanternd: {
        url: 'https://lantern.example/v{version}/lanternd-{arch}',
        checksumUrl: 'https://lantern.example/sums',
      },
    },
  },
};
const component = 'lantern' as string as ComponentName;
const [manifest, program] = ['lantern-manifest', 'lanternd'] as string[] as [FileName, FileName];

/** Edit 2 is its key in `shared/src/cluster-file/extras.ts`. The key of its version follows from the catalogue. */
const readable = clusterFileWith(withLantern);
export const lanternClusterFile = readable.extend({
  extras: readable.shape.extras
    .unwrap()
    .extend({ lantern: z.boolean().default(false) })
    .prefault({}),
});
interface LanternContext extends PhaseContext {
  config: ClusterConfig & { extras: { lantern: boolean } };
}

const PHASE = 'lantern';
const manifestStep = (context: PhaseContext) => clusterStepId(context, 'lantern-manifest');
const daemonStep = (node: PlanNode) => stepId('lanternd', node.name);
const lanternStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/**
 * Edit 3 is its phase, which would be `phases/extras/lantern.ts` and says everything that others need to know of the
 * component.
 */
const lantern: Phase = {
  name: PHASE,
  title: 'Lantern',
  description: 'Sets up Lantern in the cluster and its daemon on every node, where asked for',
  realness: { lab: 'untested', note: 'It does not exist.', byHand: ['systemctl status lanternd'] },
  assumedSeconds: 10,
  enabled: ({ config }: LanternContext) => config.extras.lantern,
  components: { [component]: 'nodes' },
  manifests: [manifest],
  units: () => ['lanternd.service'],
  lastSteps: (context) => [lanternStep(context)],
  lastNodeSteps: (_, node) => [daemonStep(node)],
  steps: (context) => [
    clusterStep(context, PHASE, manifestStep(context), {
      title: 'Lantern',
      needs: [controlPlaneStep(context), artifactStep(manifest, context.controlPlane)],
      tasks: [applyManifest(context, manifest, `Lantern ${context.versions[component]}`)],
    }),
    clusterStep(context, PHASE, lanternStep(context), {
      title: 'Lantern runs',
      needs: [manifestStep(context), NODES_SETTLED],
      tasks: [deploymentAvailable('lantern', 'lantern')],
      policy: WAITING,
    }),
    ...context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        id: daemonStep(node),
        title: 'lanternd',
        needs: [artifactStep(program, node)],
        tasks: [
          task('program', 'lanternd', 'artifact.file', {
            artifact: artifactOf(program, node),
            path: '/usr/local/bin/lanternd',
            mode: '0755',
          }),
        ],
      }),
    ),
  ],
};

/** Edit 4 is its line in the list of `phases/index.ts`, here before `ready`. */
const before = phases.findIndex(({ name }) => name === 'ready');
export const lanternStack: Stack = {
  phases: phases.toSpliced(before, 0, lantern),
  catalogue: withLantern,
};
