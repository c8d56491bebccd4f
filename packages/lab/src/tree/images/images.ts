import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import type { Architecture } from '../architecture.ts';
import { type ImageFile, sharedLibraries } from '../debian/shared-libraries.ts';
import type { MirrorPaths } from '../paths.ts';
import type { ImageContent } from './image-archive.ts';

/** The Debian packages of which, together with their dependencies, the images of kube-proxy and etcd are made. */
export const imagePackages = ['iptables', 'ipset', 'conntrack', 'kmod', 'dash', 'netbase', 'libc6'] as const;

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

const searchPath = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

/** The names of the iptables programs. Debian's alternatives lead them to the nft variant, as on the hosts. */
const iptablesNames = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

/** The content of an image before the libraries of its programs are added. */
type ImagePlan = Omit<ImageContent, 'reference' | 'architecture'>;

function componentImage(program: string, paths: MirrorPaths): ImagePlan {
  return {
    config: { Env: searchPath },
    files: [{ source: join(paths.bin, program), target: `usr/local/bin/${program}` }],
    // These are mount points of the static pods that kubeadm writes.
    directories: [
      'etc/ssl/certs',
      'etc/ca-certificates',
      'usr/share/ca-certificates',
      'usr/local/share/ca-certificates',
    ],
  };
}

async function proxyImage(paths: MirrorPaths, architecture: Architecture): Promise<ImagePlan> {
  const fromDebian = (path: string): ImageFile => ({ source: join(paths.debian, path), target: path });
  // Extensions are opened by name at run time, so no program lists them among the libraries that it needs.
  const extensions = join('usr/lib', architecture.libraryFolder, 'xtables');
  const extensionFiles = await readdir(join(paths.debian, extensions));
  const programs = ['usr/sbin/xtables-nft-multi', 'usr/sbin/ipset', 'usr/sbin/conntrack', 'bin/kmod', 'bin/dash'];
  return {
    config: { Env: searchPath },
    files: [
      { source: join(paths.bin, 'kube-proxy'), target: 'usr/local/bin/kube-proxy' },
      ...[...programs, 'etc/protocols', 'etc/services'].map(fromDebian),
      ...extensionFiles.toSorted().map((name) => fromDebian(join(extensions, name))),
    ],
    directories: ['run', 'lib/modules', 'var/lib/kube-proxy'],
    links: {
      ...Object.fromEntries(iptablesNames.map((name) => [`usr/sbin/${name}`, 'xtables-nft-multi'])),
      'sbin/modprobe': '../bin/kmod',
      'bin/sh': 'dash',
      'var/run': '../run',
    },
  };
}

/**
 * Makes the content of the image registry: Debian's registry under the names and with the settings of Docker's image of
 * it.
 */
async function registryImage(paths: MirrorPaths): Promise<ImagePlan> {
  await mkdir(paths.made, { recursive: true });
  const configuration = join(paths.made, 'registry.yml');
  await writeFile(configuration, registryConfiguration);
  return {
    config: {
      Env: searchPath,
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

/** Returns the content of the image of a repository that kubeadm or the stack asks for, without its libraries. */
async function imagePlan(repository: string, paths: MirrorPaths, architecture: Architecture): Promise<ImagePlan> {
  const name = repository.replace(/^.*\//, '');
  switch (name) {
    case 'kube-apiserver':
    case 'kube-controller-manager':
    case 'kube-scheduler':
      return componentImage(name, paths);
    case 'kube-proxy':
      return proxyImage(paths, architecture);
    case 'pause':
      return { config: { Entrypoint: ['/pause'] }, files: [{ source: join(paths.bin, 'lab-pause'), target: 'pause' }] };
    case 'coredns':
      return {
        config: { Entrypoint: ['/coredns'] },
        files: [{ source: join(paths.bin, 'lab-dns'), target: 'coredns' }],
        directories: ['etc/coredns'],
      };
    case 'standin':
      return {
        // Without other arguments it is the function of the smoke test.
        config: { Entrypoint: ['/standin'], Cmd: ['greeter'] },
        files: [{ source: join(paths.bin, 'lab-standin'), target: 'standin' }],
      };
    case 'registry':
      return await registryImage(paths);
    case 'etcd':
      return {
        config: { Env: searchPath },
        files: [{ source: join(paths.debian, 'usr/bin/etcd'), target: 'usr/local/bin/etcd' }],
        directories: ['var/lib/etcd'],
      };
    default:
      throw new VhiveError({
        code: 'internal',
        message: `kubeadm asks for the image ${repository}, which the lab does not know how to make.`,
        hint: 'Add it to packages/lab/src/tree/images/images.ts.',
      });
  }
}

/**
 * Returns the whole content of an image that kubeadm or the stack asks for: compiled programs from `paths.bin`,
 * Debian's programs from `paths.debian`, and the shared libraries that these need.
 */
export async function imageContent(
  reference: string,
  paths: MirrorPaths,
  architecture: Architecture,
  signal?: AbortSignal,
): Promise<ImageContent> {
  const plan = await imagePlan(reference.slice(0, reference.lastIndexOf(':')), paths, architecture);
  const files = new Map(plan.files.map((file) => [file.target, file]));
  for (const { source } of plan.files) {
    for (const library of await sharedLibraries(source, paths.debian, architecture, signal)) {
      files.set(library.target, library);
    }
  }
  return { ...plan, reference, architecture: architecture.name, files: [...files.values()] };
}
