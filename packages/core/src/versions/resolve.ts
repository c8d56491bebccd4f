import { type ClusterConfig, type Params, VHIVE_REPOSITORY } from '@vhive/shared';
import semver from 'semver';
import { features } from '../features.ts';
import {
  type Catalogue,
  type Component,
  type ComponentName,
  catalogue,
  crictlVersions,
  legacyVersions,
  type PublishedFile,
} from './catalogue.ts';

/** The versions of all components of a cluster, without "v". */
export type Versions = Readonly<Record<ComponentName, string>>;

/** Returns `major.minor` of a version: `1.35.3` gives `1.35`. */
export function minorOf(version: string): string {
  const parsed = semver.coerce(version);
  return parsed === null ? version : `${parsed.major}.${parsed.minor}`;
}

/** Returns a version as people read it: a commit is cut short. */
export function shortVersion(version: string): string {
  return /^[0-9a-f]{40}$/.test(version) ? version.slice(0, 8) : version;
}

/** Whether `version` is `minimum` or newer. Pre-releases count as their release. */
export function atLeast(version: string, minimum: string): boolean {
  return semver.gte(semver.coerce(version) ?? '0.0.0', semver.coerce(minimum) ?? '0.0.0');
}

/**
 * Returns the versions of all components: those of the cluster file, else those of vHive's legacy branch where it is
 * used, else those of the catalogue. crictl follows the minor of Kubernetes.
 */
export function resolveVersions(config: ClusterConfig, components: Catalogue = catalogue): Versions {
  const { versions, firecracker } = config;
  const defaults: Partial<Record<string, string>> = features(config).legacyVhive ? legacyVersions : {};
  const kubernetes = versions.kubernetes ?? defaults.kubernetes ?? catalogue.kubernetes.version;
  const minor = minorOf(kubernetes);
  const overrides: Partial<Record<string, string>> = {
    ...versions,
    crictl: versions.crictl ?? crictlVersions[minor] ?? `${minor}.0`,
  };
  const versionOf = (name: string, { version, versionFrom }: Component) =>
    versionFrom === 'vhiveRef' ? vhiveVersion(firecracker) : (overrides[name] ?? defaults[name] ?? version);
  return Object.fromEntries(
    Object.entries(components).map(([name, component]) => [name, versionOf(name, component)]),
  ) as Versions;
}

/** The version of vHive where it is a checkout on the control plane. */
const LOCAL_TREE = 'local';

const vhiveVersion = ({ vhiveTree, vhiveRef }: ClusterConfig['firecracker']) =>
  vhiveTree === undefined ? vhiveRef : LOCAL_TREE;

/** A file to fetch, with everything in its address filled in. */
export interface ResolvedFile {
  /** The name of the file in the catalogue, such as kubeadm, containerd or calico-manifest. */
  name: string;
  version: string;
  arch: string;
  url: string;
  checksum: Params<'artifact.fetch'>['checksum'];
  /** Whether only mirror trees have it. */
  optional: boolean;
}

/** The kernel's names for architectures, by Debian's. */
const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** What is filled into the addresses of a component's files. */
export interface AddressParts {
  version: string;
  /** The architecture as Debian names it. */
  arch: string;
  /** The repository of vHive: the owner and the name. */
  repository: string;
  /** The name of the kernel of microVMs in vHive's bin/. */
  kernel: string;
}

/** What takes the place of a part that only vHive's source tells, until it is read. */
export const FROM_TREE = '{value}';

/** Returns all files of a component of the catalogue, in a version and for an architecture as Debian names it. */
export function filesOf(component: ComponentName, version: string, arch: string): ResolvedFile[] {
  return filesIn(catalogue[component], { version, arch, repository: VHIVE_REPOSITORY, kernel: FROM_TREE });
}

/** Returns all files of a component as {@link filesOf} does, wherever its entry comes from. */
export function filesIn({ files }: Component, { version, arch, repository, kernel }: AddressParts): ResolvedFile[] {
  const fill = (template: string) =>
    template
      .replaceAll('{version}', version)
      .replaceAll('{arch}', arch)
      .replaceAll('{machine}', machines[arch] ?? arch)
      .replaceAll('{repository}', repository)
      .replaceAll('{kernel}', kernel);
  return Object.entries(files).map(([name, file]) => ({
    name,
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
