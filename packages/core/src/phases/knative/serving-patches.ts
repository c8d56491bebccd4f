import { proxyVariables } from '../host/proxy.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { ManifestPatch } from '../kit/manifests.ts';
import { plainRegistries } from '../runtime/registry-hosts.ts';
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

type Entries = Record<string, Record<string, string>>;

/** Returns the entries of Serving's ConfigMaps `config-<name>`: ours, then the operator's own, which win. */
export function servingConfig(context: PhaseContext): Entries {
  const { config, features, versions } = context;
  const queueProxy = { 'queue-sidecar-image': queueProxyRef(versions.queueProxy) };
  const ours: Entries = {
    deployment: {
      'registries-skipping-tag-resolving': unresolvedRegistries(context).join(','),
      ...(features.microVms ? queueProxy : {}),
    },
    network: { 'ingress-class': 'istio.ingress.networking.knative.dev' },
    features: features.gvisor || features.gpu ? { 'kubernetes.podspec-runtimeclassname': 'enabled' } : {},
    domain: config.knative.domain === undefined ? {} : { [config.knative.domain]: '' },
    ...(features.tracing ? tracingEntries(versions.knativeServing) : {}),
  };
  const names = [...new Set([...Object.keys(ours), ...Object.keys(config.knative.config)])];
  const merged = names.map((name) => [name, { ...ours[name], ...config.knative.config[name] }] as const);
  return Object.fromEntries(merged.filter(([, entries]) => Object.keys(entries).length > 0));
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
    ...Object.entries(servingConfig(context)).map(([name, data]) => ({
      kind: 'ConfigMap',
      name: `config-${name}`,
      namespace: NAMESPACE,
      merge: { data },
    })),
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
