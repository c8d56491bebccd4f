import { join } from 'node:path';
import { type ImagePlan, type ImageSources, searchPath } from './image-plan.ts';

const certificates = ['etc/ssl/certs', 'var/run/secrets'];

/**
 * Returns Istio's images at the hub that the product asks for. proxyv2 has Envoy as its own project publishes it, which
 * lacks the filters that Istio adds.
 */
export async function istioImages({ versions, compiled }: ImageSources): Promise<ImagePlan[]> {
  const source = await compiled.moduleFolder('istio.io/istio');
  const image = (name: string) => `docker.io/istio/${name}:${versions.istio}`;
  const config = (program: string) => ({
    User: '1337:1337',
    Env: [searchPath],
    Entrypoint: [`/usr/local/bin/${program}`],
  });
  const file = (component: string, name: string) => ({
    source: compiled.program(component, name),
    target: `usr/local/bin/${name}`,
  });
  const bootstrap = {
    source: join(source, 'tools/packaging/common/envoy_bootstrap.json'),
    target: 'var/lib/istio/envoy/envoy_bootstrap_tmpl.json',
  };
  return [
    {
      reference: image('pilot'),
      config: config('pilot-discovery'),
      files: [file('istio', 'pilot-discovery')],
      directories: certificates,
    },
    {
      reference: image('proxyv2'),
      config: config('pilot-agent'),
      files: [file('istio', 'pilot-agent'), file('envoy', 'envoy'), bootstrap],
      directories: [...certificates, 'etc/istio/proxy', 'var/lib/istio/data'],
    },
  ];
}
