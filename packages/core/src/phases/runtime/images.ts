import type { PlanNode } from '../kit/context.ts';
import { archiveOf, archiveStep, preloadedImages } from '../kit/image-archives.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { runtimeStep } from './runtime.ts';

const PHASE = 'images';

/** The step that loads a node's images. */
const imagesStep = (node: PlanNode) => stepId(PHASE, node.name);

/** Images loaded beforehand, beside everything else: nothing but the end of the set-up waits for them. */
export const images: Phase = {
  name: PHASE,
  title: 'Images',
  description: 'Images asked for, and all that the mirror has, are loaded into containerd on every node',
  realness: {
    lab: 'real',
    note: 'Archives come from the mirror; copies from registries are tried against a local one.',
    byHand: ['crictl images'],
  },
  assumedSeconds: 30,
  enabled: (context) => preloadedImages(context).length > 0,
  lastNodeSteps: (_, node) => [imagesStep(node)],
  steps(context) {
    const refs = preloadedImages(context);
    return context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: refs.length === 1 ? 'an image' : `${refs.length} images`,
        needs: [runtimeStep(node), ...refs.map((ref) => archiveStep(ref, node))],
        tasks: refs.map((ref, place) =>
          task(`image-${place + 1}`, ref, 'image', { ref, archive: archiveOf(ref, node) }),
        ),
      }),
    );
  },
};
