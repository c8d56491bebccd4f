import { basename } from 'node:path';
import { knativeImage } from '../manifests/knative-release.ts';
import { netIstioImage } from '../stand-ins/net-istio.ts';
import type { ImagePlan, ImageSources } from './image-plan.ts';

/** The commands of Knative Serving that run in pods, by their paths below `cmd` of the module. */
const servingCommands = ['activator', 'autoscaler', 'controller', 'webhook', 'queue'];

/** Those of Knative Eventing. */
const eventingCommands = [
  ...['controller', 'webhook', 'jobsink', 'mtping', 'requestreply', 'auth_proxy'],
  ...['in_memory/channel_controller', 'in_memory/channel_dispatcher'],
  ...['broker/filter', 'broker/ingress', 'mtchannel_broker'],
  // Upstream's function that prints the events it is sent.
  'event_display',
];

/** Makes an image as ko does, with which Knative makes its own: https://ko.build */
function koImage(reference: string, program: string): ImagePlan {
  const name = basename(program);
  return {
    reference,
    config: {
      User: '65532:65532',
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/ko-app', 'KO_DATA_PATH=/var/run/ko'],
      Entrypoint: [`/ko-app/${name}`],
    },
    files: [{ source: program, target: `ko-app/${name}` }],
    directories: ['etc/ssl/certs', 'var/run/ko'],
  };
}

const images = (component: string, commands: readonly string[], version: string, { compiled }: ImageSources) =>
  commands.map((command) =>
    koImage(
      knativeImage(`knative.dev/${component}/cmd/${command}`, version),
      compiled.program(component, basename(command)),
    ),
  );

/** Returns the images of Knative Serving, and that of the lab's stand-in for net-istio. */
export function servingImages(sources: ImageSources): ImagePlan[] {
  return [
    ...images('serving', servingCommands, sources.versions.knativeServing, sources),
    koImage(netIstioImage(), sources.compiled.program('net-istio', 'net-istio')),
  ];
}

/** Returns the images of Knative Eventing. */
export function eventingImages(sources: ImageSources): ImagePlan[] {
  return images('eventing', eventingCommands, sources.versions.knativeEventing, sources);
}
