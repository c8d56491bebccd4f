import type { ClusterConfig, Params } from '@vhive/shared';
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

/**
 * The catalogue's versions, or those of vHive's legacy branch, with those of the cluster file in their place; crictl
 * follows the Kubernetes minor.
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
    versionFrom === 'vhiveRef' ? firecracker.vhiveRef : (overrides[name] ?? defaults[name] ?? version);
  return Object.fromEntries(
    Object.entries(components).map(([name, component]) => [name, versionOf(name, component)]),
  ) as Versions;
}

/** A file to fetch, with everything put in. */
export interface ResolvedFile {
  /** Name of the file in the catalogue: kubeadm, containerd, calico-manifest. */
  name: string;
  version: string;
  arch: string;
  url: string;
  checksum: Params<'artifact.fetch'>['checksum'];
  /** Only mirrors have it. */
  optional: boolean;
}

/** Debian's words for an architecture, and the kernel's. */
const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** All files of a component of the catalogue, of a version and for an architecture (Debian's words). */
export function filesOf(component: ComponentName, version: string, arch: string): ResolvedFile[] {
  return filesIn(catalogue[component], { version, arch });
}

/** As {@link filesOf}, of a component wherever its entry comes from. */
export function filesIn({ files }: Component, { version, arch }: { version: string; arch: string }): ResolvedFile[] {
  const fill = (template: string) =>
    template
      .replaceAll('{version}', version)
      .replaceAll('{arch}', arch)
      .replaceAll('{machine}', machines[arch] ?? arch);
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
