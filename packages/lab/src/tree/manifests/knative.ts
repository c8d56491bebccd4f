import { catalogue } from '@vhive/core/versions/catalogue';
import type { Compiled } from '../compiled.ts';
import type { MirrorVersions } from '../versions.ts';
import { knativeManifest, type ReleaseSource } from './knative-release.ts';
import { type PublishedManifest, treePath } from './published-manifest.ts';

const networking = (path: string) => ({ module: 'knative.dev/networking', path: `config/${path}` });
const servingLinks = {
  'config/core/300-imagecache.yaml': { module: 'knative.dev/caching', path: 'config/image.yaml' },
  'config/core/300-resources/certificate.yaml': networking('certificate.yaml'),
  'config/core/300-resources/clusterdomainclaim.yaml': networking('domain-claim.yaml'),
  'config/core/300-resources/ingress.yaml': networking('ingress.yaml'),
  'config/core/300-resources/serverlessservice.yaml': networking('serverlessservice.yaml'),
  'config/core/configmaps/network.yaml': networking('config-network.yaml'),
};
const linksBelow = (folder: string) =>
  Object.fromEntries(Object.entries(servingLinks).filter(([path]) => path.startsWith(folder)));

const integrations = (name: string) => ({
  module: 'knative.dev/eventing',
  path: `third_party/eventing-integrations-latest/${name}`,
});

type Sources = Readonly<Record<string, ReleaseSource>>;

/** The manifests of Knative Serving, by their names in the catalogue. */
const serving = {
  'serving-crds': {
    module: 'knative.dev/serving',
    folders: ['config/core/300-resources'],
    links: linksBelow('config/core/300-'),
  },
  'serving-core': { module: 'knative.dev/serving', folders: ['config/core'], links: servingLinks },
} as const satisfies Sources;

/** The manifests of Knative Eventing, by their names in the catalogue. */
const eventing = {
  'eventing-crds': { module: 'knative.dev/eventing', folders: ['config/core/resources'] },
  'eventing-core': {
    module: 'knative.dev/eventing',
    folders: ['config/core'],
    links: {
      'config/core/configmaps/eventing-integrations-images.yaml': integrations('eventing-integrations-images.yaml'),
      'config/core/configmaps/eventing-transformations-images.yaml': integrations(
        'eventing-transformations-images.yaml',
      ),
    },
  },
  'in-memory-channel': { module: 'knative.dev/eventing', folders: ['config/channels/in-memory-channel'] },
  'mt-channel-broker': { module: 'knative.dev/eventing', folders: ['config/brokers/mt-channel-broker'] },
} as const satisfies Sources;

type Names<Files> = Extract<keyof Files, string>;

async function manifests<Files extends Readonly<Record<string, { url: string }>>>(
  published: Files,
  sources: Readonly<Record<Names<Files>, ReleaseSource>>,
  version: string,
  moduleFolder: Compiled['moduleFolder'],
): Promise<PublishedManifest[]> {
  const made: PublishedManifest[] = [];
  for (const name of Object.keys(published) as Names<Files>[]) {
    const url = published[name]?.url ?? '';
    const text = await knativeManifest(sources[name], version, moduleFolder);
    made.push({ address: treePath(url, version), text });
  }
  return made;
}

/** Makes the manifests of Knative Serving from its modules. As upstream's, serving-core holds serving-crds too. */
export function servingManifests(
  { knativeServing }: Pick<MirrorVersions, 'knativeServing'>,
  moduleFolder: Compiled['moduleFolder'],
): Promise<PublishedManifest[]> {
  return manifests(catalogue.knativeServing.files, serving, knativeServing, moduleFolder);
}

/** Makes the manifests of Knative Eventing from its module. As upstream's, eventing-core holds eventing-crds too. */
export function eventingManifests(
  { knativeEventing }: Pick<MirrorVersions, 'knativeEventing'>,
  moduleFolder: Compiled['moduleFolder'],
): Promise<PublishedManifest[]> {
  return manifests(catalogue.knativeEventing.files, eventing, knativeEventing, moduleFolder);
}
