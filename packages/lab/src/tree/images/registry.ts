import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImagePlan, type ImageSources, searchPath } from './image-plan.ts';

/**
 * The configuration of the image registry, as in https://github.com/distribution/distribution-library-image: plain
 * HTTP, and files below /var/lib/registry.
 */
const registryConfiguration = `version: 0.1
storage:
  filesystem:
    rootdirectory: /var/lib/registry
  delete:
    enabled: true
http:
  addr: :5000
`;

/** Returns the image registry: Debian's, under the names and with the settings of Docker's image of it. */
export async function registryImage({ paths, versions }: ImageSources): Promise<ImagePlan> {
  await mkdir(paths.made, { recursive: true });
  const configuration = join(paths.made, 'registry.yml');
  await writeFile(configuration, registryConfiguration);
  return {
    reference: `docker.io/library/registry:${versions.registry}`,
    config: {
      Env: [searchPath],
      Entrypoint: ['/bin/registry', 'serve'],
      Cmd: ['/etc/docker/registry/config.yml'],
    },
    files: [
      { source: join(paths.debian, 'usr/bin/docker-registry'), target: 'bin/registry' },
      { source: configuration, target: 'etc/docker/registry/config.yml' },
    ],
    directories: ['var/lib/registry'],
  };
}
