import { type ClusterConfig, LEGACY_VHIVE_REF, type Params } from '@vhive/shared';
import semver from 'semver';
import { type ComponentName, catalogue, crictlVersions, legacyVersions, type PublishedFile } from './catalogue.ts';

/** The version of every component of a cluster, without "v". */
export type Versions = Readonly<Record<ComponentName, string>>;

/** `major.minor` of a version: `1.35.3` gives `1.35`. */
export function minorOf(version: string): string {
  const parsed = semver.coerce(version);
  return parsed === null ? version : `${parsed.major}.${parsed.minor}`;
}

/** Whether `version` is `minimum` or newer; pre-releases count as their release. */
export function atLeast(version: string, minimum: string): boolean {
  return semver.gte(semver.coerce(version) ?? '0.0.0', semver.coerce(minimum) ?? '0.0.0');
}

/** Components whose version is the ref of the vHive repository. */
const fromVhiveRef: readonly ComponentName[] = ['vhiveBinaries', 'vhiveKernel', 'vhiveStargzBinaries', 'vhiveSource'];

/** Whether microVMs are run by vHive's legacy branch, which has REAP and needs components of its time. */
export function runsLegacyVhive({ sandbox, firecracker }: Pick<ClusterConfig, 'sandbox' | 'firecracker'>): boolean {
  return sandbox === 'firecracker' && firecracker.vhiveRef === LEGACY_VHIVE_REF;
}

/**
 * The catalogue's versions, or those of vHive's legacy branch, with those of the cluster file in their place; crictl
 * follows the Kubernetes minor.
 */
export function resolveVersions(config: Pick<ClusterConfig, 'versions' | 'sandbox' | 'firecracker'>): Versions {
  const { versions, firecracker } = config;
  const defaults: Partial<Record<string, string>> = runsLegacyVhive(config) ? legacyVersions : {};
  const kubernetes = versions.kubernetes ?? defaults.kubernetes ?? catalogue.kubernetes.version;
  const minor = minorOf(kubernetes);
  const overrides: Partial<Record<string, string | undefined>> = {
    ...versions,
    crictl: versions.crictl ?? crictlVersions[minor] ?? `${minor}.0`,
    ...Object.fromEntries(fromVhiveRef.map((name) => [name, firecracker.vhiveRef])),
  };
  const names = Object.keys(catalogue) as ComponentName[];
  return Object.fromEntries(
    names.map((name) => [name, overrides[name] ?? defaults[name] ?? catalogue[name].version]),
  ) as Versions;
}

/** A file to fetch, with everything put in. */
export interface ResolvedFile {
  /** Name of the file in the catalogue: kubeadm, containerd, calico-manifest. */
  name: string;
  component: ComponentName;
  version: string;
  arch: string;
  url: string;
  checksum: Params<'artifact.fetch'>['checksum'];
  /** Only mirrors have it. */
  optional: boolean;
}

/** Debian's words for an architecture, and the kernel's. */
const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** All files of a component for an architecture (Debian's words). */
export function filesOf(component: ComponentName, version: string, arch: string): ResolvedFile[] {
  const fill = (template: string) =>
    template
      .replaceAll('{version}', version)
      .replaceAll('{arch}', arch)
      .replaceAll('{machine}', machines[arch] ?? arch);
  const files: Readonly<Record<string, PublishedFile>> = catalogue[component].files;
  return Object.entries(files).map(([name, file]) => ({
    name,
    component,
    version,
    arch,
    url: fill(file.url),
    checksum: checksumOf(file, fill),
    optional: file.optional ?? false,
  }));
}

function checksumOf(file: PublishedFile, fill: (template: string) => string): ResolvedFile['checksum'] {
  if (file.lfsPointerUrl !== undefined) return { type: 'git-lfs', url: fill(file.lfsPointerUrl) };
  if (file.checksumUrl === undefined) return { type: 'none' };
  return { type: 'file', url: fill(file.checksumUrl), algorithm: file.checksumAlgorithm ?? 'sha256' };
}
