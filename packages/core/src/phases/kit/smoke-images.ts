import type { PhaseContext } from './context.ts';

/** The image of vHive's test function, which serves gRPC helloworld.Greeter. */
const helloWorld = 'ghcr.io/ease-lab/helloworld:var_workload';
/** The image that Kubernetes runs in place of a function that is in a microVM. It only answers probes. */
const stub = 'ghcr.io/vhive-serverless/crccheck-hello-world:latest';

/**
 * Returns the images of the smoke test's function. The first is that of its container; a second one is that of its
 * microVM.
 */
export function smokeImages({ config, features }: Pick<PhaseContext, 'config' | 'features'>): [string, ...string[]] {
  const real = config.ready.image ?? helloWorld;
  return features.microVms ? [stub, real] : [real];
}
