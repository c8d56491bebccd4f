import { VhiveError } from '@vhive/shared';
import type { PackageVersions } from './debian/debian-packages.ts';
import { standInVersion } from './stand-in-version.ts';

/**
 * Returns the upstream version in a Debian package version, that is without epoch, Debian revision and the marks of a
 * repacked source (`+ds1`, `~ds1`, `+dfsg`). Where Debian went back to an older release, it is the part after `really`.
 * The format is described at https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export function upstreamVersion(debianVersion: string): string {
  const withoutEpoch = debianVersion.replace(/^\d+:/, '');
  const withoutRevision = withoutEpoch.replace(/-[^-]*$/, '');
  const actual = withoutRevision.replace(/^.*\+really/, '');
  return actual.replace(/[+~].*$/, '');
}

/** Returns the date of a gVisor release, which Debian writes as `0.0~20221219.0`. */
export function gvisorVersion(debianVersion: string): string {
  return /~(\d{8})\b/.exec(debianVersion)?.[1] ?? '';
}

/**
 * The versions that a cluster file must name so that everything it asks for is in the mirror tree. They have no leading
 * `v`.
 */
export interface MirrorVersions {
  readonly kubernetes: string;
  readonly containerd: string;
  readonly runc: string;
  readonly cniPlugins: string;
  /** The version of the stand-in: the Kubernetes minor release with patch 0, as cri-tools numbers itself. */
  readonly crictl: string;
  /** The tag of the sandbox image that kubeadm asks for. */
  readonly pause: string;
  /**
   * The tag that kubeadm asks for. The program inside is Debian's etcd, whose version is in `debianPackages` of the
   * stamp.
   */
  readonly etcd: string;
  /** The tag that kubeadm asks for. Inside is the lab's own small DNS server. */
  readonly coredns: string;
  /** The version of Debian's runsc, which is the date that names gVisor's releases. */
  readonly gvisor: string;
  /** The version of Debian's docker-registry. */
  readonly registry: string;
  /** The version of the lab's own program that stands in for MetalLB, Istio and Knative. It changes with its source. */
  readonly standIn: string;
}

/** Returns the cri-tools release that goes with a Kubernetes release. */
export function crictlVersion(kubernetes: string): string {
  const [major, minor] = kubernetes.split('.');
  return `${major}.${minor}.0`;
}

/**
 * Returns the versions of everything that the tree offers.
 *
 * @param images what kubeadm asks for; without them the tags are empty
 */
export function mirrorVersions(packages: PackageVersions, images: readonly string[]): MirrorVersions {
  const upstream = (name: string) => {
    const version = packages[name];
    if (version !== undefined) return upstreamVersion(version);
    throw new VhiveError({ code: 'internal', message: `The Debian package ${name} was not fetched.` });
  };
  const tag = (name: string) => images.find((image) => image.includes(`/${name}:`))?.replace(/^.*:/, '') ?? '';
  const kubernetes = upstream('kubernetes');
  return {
    kubernetes,
    containerd: upstream('containerd'),
    runc: upstream('runc'),
    cniPlugins: upstream('containernetworking-plugins'),
    crictl: crictlVersion(kubernetes),
    pause: tag('pause'),
    etcd: tag('etcd'),
    coredns: tag('coredns'),
    gvisor: gvisorVersion(packages.runsc ?? ''),
    registry: upstream('docker-registry'),
    standIn: standInVersion(),
  };
}
