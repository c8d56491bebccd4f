import { VhiveError } from '@vhive/shared';
import type { PackageVersions } from './debian/debian-packages.ts';
import { standInVersion } from './stand-in-version.ts';

/**
 * The upstream version in a Debian package version: without epoch, Debian revision and the marks of a repacked source
 * (`+ds1`, `~ds1`, `+dfsg`); after `really` where Debian went back to an older release.
 * Format: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export function upstreamVersion(debianVersion: string): string {
  const withoutEpoch = debianVersion.replace(/^\d+:/, '');
  const withoutRevision = withoutEpoch.replace(/-[^-]*$/, '');
  const actual = withoutRevision.replace(/^.*\+really/, '');
  return actual.replace(/[+~].*$/, '');
}

/** The date of a gVisor release, which Debian has as `0.0~20221219.0`. */
export function gvisorVersion(debianVersion: string): string {
  return /~(\d{8})\b/.exec(debianVersion)?.[1] ?? '';
}

/** The versions a cluster file must name so that everything it asks for is in the tree. No leading `v`. */
export interface MirrorVersions {
  readonly kubernetes: string;
  readonly containerd: string;
  readonly runc: string;
  readonly cniPlugins: string;
  /** The stand-in's: the Kubernetes minor release with patch 0, as cri-tools numbers itself. */
  readonly crictl: string;
  /** Tag of the sandbox image kubeadm asks for. */
  readonly pause: string;
  /** Tag kubeadm asks for; the program inside is Debian's etcd, whose version is in `debianPackages` of the stamp. */
  readonly etcd: string;
  /** Tag kubeadm asks for; inside is the lab's own small DNS server. */
  readonly coredns: string;
  /** Debian's runsc, by the date that names gVisor's releases. */
  readonly gvisor: string;
  /** Debian's docker-registry. */
  readonly registry: string;
  /** The lab's own program in place of MetalLB, Istio and Knative: changes with its source. */
  readonly standIn: string;
}

/** The cri-tools release that goes with a Kubernetes release. */
export function crictlVersion(kubernetes: string): string {
  const [major, minor] = kubernetes.split('.');
  return `${major}.${minor}.0`;
}

/**
 * The versions of all that the tree offers.
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
