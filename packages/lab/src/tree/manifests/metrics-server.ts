import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '@vhive/core/versions/catalogue';
import { parseAllDocuments, stringify } from 'yaml';
import type { Compiled } from '../compiled.ts';
import type { MirrorVersions } from '../versions.ts';
import { type PublishedManifest, treePath } from './published-manifest.ts';

const MODULE = 'sigs.k8s.io/metrics-server';
/** The files of manifests/base/kustomization.yaml. */
const base = ['apiservice', 'deployment', 'rbac', 'service'];
/** Its `commonLabels`. */
const labels = { 'k8s-app': 'metrics-server' };

/** Returns the reference of the image of metrics-server. */
export const metricsServerImage = (version: string) => `registry.k8s.io/metrics-server/metrics-server:v${version}`;

/** An object of Kubernetes, as far as labels and images go. */
interface KubernetesObject {
  kind: string;
  metadata: { labels?: Record<string, string> };
  spec?: {
    selector?: Record<string, unknown>;
    template?: { metadata?: { labels?: Record<string, string> }; spec: { containers: { image: string }[] } };
  };
}

/** Makes components.yaml from the module, as upstream's release does with `kustomize build manifests/overlays/release`. */
export async function metricsServerManifest(
  { metricsServer }: Pick<MirrorVersions, 'metricsServer'>,
  moduleFolder: Compiled['moduleFolder'],
): Promise<PublishedManifest> {
  const folder = join(await moduleFolder(MODULE), 'manifests/base');
  const texts = await Promise.all(base.map((name) => readFile(join(folder, `${name}.yaml`), 'utf8')));
  const objects = texts.flatMap((text) => parseAllDocuments(text).map((document): KubernetesObject => document.toJS()));
  const text = objects
    .filter((object) => object !== null)
    .map((object) => `---\n${stringify(overlaid(object, metricsServerImage(metricsServer)))}`)
    .join('');
  return { address: treePath(catalogue.metricsServer.files['metrics-server'].url, metricsServer), text };
}

/** Gives an object the labels and the image of the overlay. */
function overlaid(object: KubernetesObject, image: string): KubernetesObject {
  const labelled = { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } };
  if (object.kind === 'Service') return { ...labelled, spec: { ...object.spec, selector: labels } };
  const template = object.spec?.template;
  if (object.kind !== 'Deployment' || template === undefined) return labelled;
  const containers = template.spec.containers.map((container) => ({ ...container, image }));
  return {
    ...labelled,
    spec: {
      ...object.spec,
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels }, spec: { ...template.spec, containers } },
    },
  };
}
