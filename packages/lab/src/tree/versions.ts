import { catalogue } from '@vhive/core/versions/catalogue';
import { servedVersions } from './components/served-versions.ts';
import type { PackageVersions } from './debian/debian-packages.ts';

/** The version under which stand-ins are found, so that nobody takes them for the real software. */
export const standInVersion = '0.0.0-standin';

/** The components that have another version here than in the catalogue. */
const otherVersions = { ...servedVersions, netIstio: standInVersion, kn: standInVersion } as const;

/** The components of the catalogue of which the mirror tree has files or images. */
type LabComponent =
  | keyof typeof otherVersions
  | 'kubernetes'
  | 'containerd'
  | 'runc'
  | 'cniPlugins'
  | 'stargz'
  | 'metallb'
  | 'knativeServing'
  | 'knativeEventing'
  | 'metricsServer'
  | 'registry';

/**
 * The versions that a cluster file must name so that everything it asks for is in the mirror tree, by the names of the
 * catalogue. They have no leading `v`.
 */
export type MirrorVersions = Readonly<Record<LabComponent, string>>;

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

/** Returns the versions that this release knows, which are those of a tree from the publishers. */
export function catalogueVersions(): MirrorVersions {
  const all = Object.entries(catalogue).map(([name, { version }]) => [name, version]);
  return Object.fromEntries(all.filter(([name = '']) => Object.hasOwn(mirrorVersions({}), name)));
}

/** Returns the versions of everything that a compiled tree offers. The image registry is Debian's. */
export function mirrorVersions(packages: PackageVersions): MirrorVersions {
  return {
    kubernetes: catalogue.kubernetes.version,
    containerd: catalogue.containerd.version,
    runc: catalogue.runc.version,
    cniPlugins: catalogue.cniPlugins.version,
    stargz: catalogue.stargz.version,
    metallb: catalogue.metallb.version,
    knativeServing: catalogue.knativeServing.version,
    knativeEventing: catalogue.knativeEventing.version,
    metricsServer: catalogue.metricsServer.version,
    ...otherVersions,
    registry: upstreamVersion(packages['docker-registry'] ?? ''),
  };
}

/** Returns the versions in which a lab's cluster file differs from the catalogue. */
export function versionsBesideCatalogue(versions: MirrorVersions): Partial<MirrorVersions> {
  const entries = Object.entries(versions) as [LabComponent, string][];
  return Object.fromEntries(entries.filter(([name, version]) => version !== catalogue[name].version));
}
