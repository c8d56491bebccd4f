import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import type { ImageFile } from '../debian/shared-libraries.ts';
import { type ImagePlan, type ImageSources, searchPath } from './image-plan.ts';

/** The Debian packages of which, together with their dependencies, images are made beside compiled programs. */
export const imagePackages = ['iptables', 'ipset', 'conntrack', 'kmod', 'dash', 'netbase', 'libc6'] as const;

/** The names of the iptables programs. Debian's alternatives lead them to the nft variant, as on the hosts. */
const iptablesNames = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

/** The mount points of the static pods that kubeadm writes. */
const certificateFolders = [
  'etc/ssl/certs',
  'etc/ca-certificates',
  'usr/share/ca-certificates',
  'usr/local/share/ca-certificates',
];

async function proxyImage(reference: string, { paths, architecture, compiled }: ImageSources): Promise<ImagePlan> {
  const fromDebian = (path: string): ImageFile => ({ source: join(paths.debian, path), target: path });
  // Extensions are opened by name at run time, so no program lists them among the libraries that it needs.
  const extensions = join('usr/lib', architecture.libraryFolder, 'xtables');
  const extensionFiles = await readdir(join(paths.debian, extensions));
  const programs = ['usr/sbin/xtables-nft-multi', 'usr/sbin/ipset', 'usr/sbin/conntrack', 'bin/kmod', 'bin/dash'];
  return {
    reference,
    config: { Env: [searchPath] },
    files: [
      { source: compiled.program('kubernetes', 'kube-proxy'), target: 'usr/local/bin/kube-proxy' },
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

/** Returns an image that kubeadm asks for. Throws `internal` for one that nobody here knows. */
export async function kubernetesImage(reference: string, sources: ImageSources): Promise<ImagePlan> {
  const { compiled } = sources;
  const name = reference.replace(/:[^:]*$/, '').replace(/^.*\//, '');
  switch (name) {
    case 'kube-apiserver':
    case 'kube-controller-manager':
    case 'kube-scheduler':
      return {
        reference,
        config: { Env: [searchPath] },
        files: [{ source: compiled.program('kubernetes', name), target: `usr/local/bin/${name}` }],
        directories: certificateFolders,
      };
    case 'kube-proxy':
      return await proxyImage(reference, sources);
    case 'pause':
      return {
        reference,
        config: { User: '65535:65535', Entrypoint: ['/pause'] },
        files: [{ source: compiled.program('pause', 'pause'), target: 'pause' }],
      };
    case 'coredns':
      return {
        reference,
        config: { Entrypoint: ['/coredns'] },
        files: [{ source: compiled.program('coredns', 'coredns'), target: 'coredns' }],
        directories: ['etc/coredns'],
      };
    case 'etcd':
      return {
        reference,
        config: { Env: [searchPath] },
        files: [{ source: compiled.program('etcd', 'etcd'), target: 'usr/local/bin/etcd' }],
        directories: ['var/lib/etcd'],
      };
    default:
      throw new VhiveError({
        code: 'internal',
        message: `kubeadm asks for the image ${reference}, which the lab does not know how to make.`,
        hint: 'Add it to packages/lab/src/tree/images/kubernetes.ts.',
      });
  }
}
