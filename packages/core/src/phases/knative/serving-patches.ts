import { proxyVariables } from '../host/proxy.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { ManifestPatch } from '../kit/manifests.ts';
import { plainRegistries } from '../runtime/registry-hosts.ts';
import { configMapPatches, type Entries, servingConfigMaps, withOwnEntries } from './config-maps.ts';
import { tracingEntries } from './tracing-config.ts';

const NAMESPACE = 'knative-serving';

/** The image of vHive's queue-proxy, which runs beside the stub of a microVM instead of the function itself. */
const queueProxyImage = 'ghcr.io/vhive-serverless/queue-39be6f1d08a095bd076a71d288d295b6';
/** Returns the reference of that image. Its version is a tag, or the digest that vHive's legacy branch names. */
const queueProxyRef = (version: string) => `${queueProxyImage}${version.startsWith('sha256:') ? '@' : ':'}${version}`;

/**
 * The registries whose tags Knative always leaves to the node, and below those that it cannot ask without the internet.
 */
const alwaysUnresolved = ['kind.local', 'ko.local', 'dev.local'];
const upstreamRegistries = ['docker.io', 'index.docker.io', 'ghcr.io', 'gcr.io', 'quay.io', 'registry.k8s.io'];

/**
 * Returns the entries of Serving's ConfigMaps `config-<name>`: ours, then the operator's own, which win. Only the
 * registries whose tags are left to the nodes are added to ours, without which no image of the cluster's own registry
 * or of a mirror would be found.
 */
export function servingConfig(context: PhaseContext): Record<string, Record<string, string>> {
  const { config, features, versions } = context;
  const queueProxy = { 'queue-sidecar-image': queueProxyRef(versions.queueProxy) };
  const { 'registries-skipping-tag-resolving': further, ...deployment } = config.knative.config.deployment ?? {};
  const registries = [...unresolvedRegistries(context), ...(further ?? '').split(',').map((name) => name.trim())];
  const skippingTags = { 'registries-skipping-tag-resolving': [...new Set(registries)].filter(Boolean).join(',') };
  const ours: Entries = {
    deployment: {
      ...skippingTags,
      ...(features.microVms ? queueProxy : {}),
    },
    network: { 'ingress-class': 'istio.ingress.networking.knative.dev' },
    features: features.gvisor || features.gpu ? { 'kubernetes.podspec-runtimeclassname': 'enabled' } : {},
    domain: config.knative.domain === undefined ? {} : { [config.knative.domain]: '' },
    ...(features.tracing ? tracingEntries(versions.knativeServing) : {}),
  };
  return withOwnEntries(ours, { ...config.knative.config, deployment });
}

/**
 * Returns the registries whose tags Knative does not resolve to digests. Without the internet it cannot ask for a
 * digest; the nodes then have the images under their tags.
 */
function unresolvedRegistries(context: PhaseContext): string[] {
  return [...alwaysUnresolved, ...plainRegistries(context), ...(context.mirror ? upstreamRegistries : [])];
}

/** Returns the patches by which Serving's manifest differs from upstream's. */
export function servingPatches(context: PhaseContext): ManifestPatch[] {
  const { features, versions } = context;
  const image = {
    kind: 'Image',
    name: 'queue-proxy',
    namespace: NAMESPACE,
    merge: { spec: { image: queueProxyRef(versions.queueProxy) } },
  };
  const variables = proxyVariables(context);
  return [
    ...(features.microVms ? [image] : []),
    // The controller asks the registries for the digests of images.
    ...(variables.length === 0 ? [] : [controllerEnvironment(variables)]),
    ...configMapPatches(NAMESPACE, servingConfig(context), servingConfigMaps['serving-core']),
  ];
}

function controllerEnvironment(env: { name: string; value: string }[]): ManifestPatch {
  return {
    kind: 'Deployment',
    name: 'controller',
    namespace: NAMESPACE,
    merge: { spec: { template: { spec: { containers: [{ name: 'controller', env }] } } } },
  };
}
