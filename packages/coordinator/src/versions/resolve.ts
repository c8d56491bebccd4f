import type { ClusterConfig } from '@vhive/shared';
import semver from 'semver';
import { type ComponentName, catalogue, crictlVersions, type PublishedFile } from './catalogue.ts';

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

/** The catalogue's versions with those of the cluster file in their place; crictl follows the Kubernetes minor. */
export function resolveVersions(overrides: ClusterConfig['versions']): Versions {
  const kubernetes = overrides.kubernetes ?? catalogue.kubernetes.version;
  const minor = minorOf(kubernetes);
  return {
    kubernetes,
    containerd: overrides.containerd ?? catalogue.containerd.version,
    runc: overrides.runc ?? catalogue.runc.version,
    cniPlugins: overrides.cniPlugins ?? catalogue.cniPlugins.version,
    crictl: overrides.crictl ?? crictlVersions[minor] ?? `${minor}.0`,
    calico: overrides.calico ?? catalogue.calico.version,
    natsServer: catalogue.natsServer.version,
  };
}

/** A file to fetch, with everything put in. */
export interface ResolvedFile {
  /** Name of the file in the catalogue: kubeadm, containerd, calico-manifest. */
  name: string;
  component: ComponentName;
  version: string;
  arch: string;
  url: string;
  checksum: { type: 'file'; url: string; algorithm: 'sha256' | 'sha512' } | { type: 'none' };
}

/** All files of a component for an architecture (Debian's words). */
export function filesOf(component: ComponentName, version: string, arch: string): ResolvedFile[] {
  const fill = (template: string) => template.replaceAll('{version}', version).replaceAll('{arch}', arch);
  const files: Readonly<Record<string, PublishedFile>> = catalogue[component].files;
  return Object.entries(files).map(([name, { url, checksumUrl, checksumAlgorithm }]) => ({
    name,
    component,
    version,
    arch,
    url: fill(url),
    checksum:
      checksumUrl === undefined
        ? { type: 'none' }
        : { type: 'file', url: fill(checksumUrl), algorithm: checksumAlgorithm ?? 'sha256' },
  }));
}
