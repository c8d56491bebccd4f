import { sharedLibraries } from '../debian/shared-libraries.ts';
import { metricsServerImage } from '../manifests/metrics-server.ts';
import { covers, type LabStack } from '../stack-choice.ts';
import type { ImageContent } from './image-archive.ts';
import type { ImagePlan, ImageSources } from './image-plan.ts';
import { istioImages } from './istio.ts';
import { eventingImages, servingImages } from './knative.ts';
import { kubernetesImage } from './kubernetes.ts';
import { registryImage } from './registry.ts';

/** The function of the smoke test. vHive's image of this name answers the same calls (gRPC helloworld.Greeter). */
const greeterImage = 'ghcr.io/ease-lab/helloworld:var_workload';

/** The function that replays of traces call. invitro's image of this name answers the same calls (faas.Executor). */
const traceFunctionImage = 'ghcr.io/vhive-serverless/invitro_trace_function:latest';

const metallbImages = ({ versions, compiled }: ImageSources): ImagePlan[] =>
  ['controller', 'speaker'].map((name) => ({
    reference: `quay.io/metallb/${name}:v${versions.metallb}`,
    config: { Entrypoint: [`/${name}`] },
    files: [{ source: compiled.program('metallb', name), target: name }],
    directories: ['etc/ssl/certs'],
  }));

const greeter = ({ compiled }: ImageSources, reference: string): ImagePlan => ({
  reference,
  config: { Entrypoint: ['/greeter'] },
  files: [{ source: compiled.program('greeter', 'greeter'), target: 'greeter' }],
});

const metricsServer = ({ versions, compiled }: ImageSources): ImagePlan => ({
  reference: metricsServerImage(versions.metricsServer),
  config: { User: '65534:65534', Entrypoint: ['/metrics-server'] },
  files: [{ source: compiled.program('metrics-server', 'metrics-server'), target: 'metrics-server' }],
  directories: ['etc/ssl/certs'],
});

/**
 * Returns the images of a stack, without the shared libraries of their programs.
 *
 * @param ofKubeadm the references of the images that kubeadm asks for
 */
export async function stackImages(
  stack: LabStack,
  ofKubeadm: readonly string[],
  sources: ImageSources,
): Promise<ImagePlan[]> {
  return [
    ...(await Promise.all(ofKubeadm.map((reference) => kubernetesImage(reference, sources)))),
    ...(covers(stack, 'serving')
      ? [
          ...metallbImages(sources),
          ...(await istioImages(sources)),
          ...servingImages(sources),
          await registryImage(sources),
          greeter(sources, greeterImage),
          greeter(sources, traceFunctionImage),
        ]
      : []),
    ...(covers(stack, 'full') ? [...eventingImages(sources), metricsServer(sources)] : []),
  ];
}

/** Adds to an image the shared libraries that its programs need, from Debian's packages. */
export async function withLibraries(
  plan: ImagePlan,
  { paths, architecture }: ImageSources,
  signal?: AbortSignal,
): Promise<ImageContent> {
  const files = new Map(plan.files.map((file) => [file.target, file]));
  for (const { source } of plan.files) {
    for (const library of await sharedLibraries(source, paths.debian, architecture, signal)) {
      files.set(library.target, library);
    }
  }
  return { ...plan, architecture: architecture.name, files: [...files.values()] };
}
