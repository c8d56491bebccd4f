import { helloworld, MICRO_VM_STUB } from '../../functions/catalogue.ts';
import { IMAGE_REGISTRY, type PhaseContext } from './context.ts';

/** What the images of the test function follow from. */
export type SmokeContext = Pick<PhaseContext, 'config' | 'features' | 'mirror' | 'mirrorImages'>;

/** An image that is put into the image registry of the cluster, by its own name and by the one that it gets there. */
export interface PushedImage {
  ref: string;
  target: string;
}

/**
 * Returns the image of the test function that has to be in the image registry of the cluster; undefined where it can be
 * taken from where it is. vHive pulls the images of microVMs itself, from their registry, past mirror trees, caches and
 * what containerd has (ctriface/image/manager.go). It speaks plain HTTP to hosts whose names end in `.local`.
 */
export function pushedSmokeImage({ config, features, mirror, mirrorImages }: SmokeContext): PushedImage | undefined {
  const wanted = features.microVms && features.smokeFunction && mirror && config.ready.image === undefined;
  if (!wanted || !config.registry.local || !mirrorImages.includes(helloworld.image)) return undefined;
  const ref = helloworld.image;
  return { ref, target: `${IMAGE_REGISTRY}${ref.slice(ref.indexOf('/'))}` };
}

/**
 * Returns the images of the smoke test's function. The first is that of its container; a second one is that of its
 * microVM.
 */
export function smokeImages(context: SmokeContext): [string, ...string[]] {
  const { config, features } = context;
  const real = pushedSmokeImage(context)?.target ?? config.ready.image ?? helloworld.image;
  return features.microVms ? [MICRO_VM_STUB, real] : [real];
}

/** Whether the image of the test function is one that only runs on amd64. */
export const smokeImageOnlyAmd64 = ({ ready }: PhaseContext['config']) => ready.image === undefined;
