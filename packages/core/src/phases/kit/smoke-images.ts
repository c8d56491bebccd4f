import { IMAGE_REGISTRY, type PhaseContext } from './context.ts';

/**
 * The image of vHive's test function, which serves gRPC helloworld.Greeter. It is for amd64 alone: upstream made it by a
 * plain `docker build` (function-images/docker_build.sh).
 */
const helloWorld = 'ghcr.io/ease-lab/helloworld:var_workload';
/** The image that Kubernetes runs in place of a function that is in a microVM. It only answers probes. */
const stub = 'ghcr.io/vhive-serverless/crccheck-hello-world:latest';

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
  if (!wanted || !config.registry.local || !mirrorImages.includes(helloWorld)) return undefined;
  return { ref: helloWorld, target: `${IMAGE_REGISTRY}${helloWorld.slice(helloWorld.indexOf('/'))}` };
}

/**
 * Returns the images of the smoke test's function. The first is that of its container; a second one is that of its
 * microVM.
 */
export function smokeImages(context: SmokeContext): [string, ...string[]] {
  const { config, features } = context;
  const real = pushedSmokeImage(context)?.target ?? config.ready.image ?? helloWorld;
  return features.microVms ? [stub, real] : [real];
}

/** Whether the image of the test function is one that only runs on amd64. */
export const smokeImageOnlyAmd64 = ({ ready }: PhaseContext['config']) => ready.image === undefined;
