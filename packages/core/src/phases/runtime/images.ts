import type { PlanNode } from '../kit/context.ts';
import { archiveOf, archiveStep, preloadedImages } from '../kit/image-archives.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { runtimeStep } from './runtime.ts';

const PHASE = 'images';

/** The step that loads a node's images. */
export const imagesStep = (node: PlanNode) => stepId(PHASE, node.name);

/**
 * Images that are asked for are loaded beforehand while everything else goes on. Only the end of the set-up waits for
 * them. All others a node pulls when it needs them.
 */
export const images: Phase = {
  name: PHASE,
  title: 'Images',
  description:
    'Loads the images that are asked for, and those that cannot be pulled from the coordinator, on every node',
  realness: {
    lab: 'real',
    note: 'Archives come from the lab’s mirror tree. Copies from registries are tried against a local registry.',
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
        tasks: refs.map((ref, index) =>
          task(`image-${index + 1}`, ref, 'image', { ref, archive: archiveOf(ref, node) }),
        ),
      }),
    );
  },
};
