/** An object of a manifest. Only whoever reads it knows which of its fields matter, so they have no types. */
export type ManifestObject = Record<string, unknown>;

type Names = readonly string[];

const meta = (namespace: string, name: string) => ({ name, ...(namespace === '' ? {} : { namespace }) });

/** A pod template with containers of these names. Their image reference says that it is no real image. */
const pods = (name: string, containers: Names) => ({
  selector: { matchLabels: { app: name } },
  template: {
    metadata: { labels: { app: name } },
    spec: {
      containers: containers.map((each) => ({ name: each, image: `simulated.invalid/${each}`, args: [], env: [] })),
    },
  },
});

export const namespace = (name: string): ManifestObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

export const deployment = (space: string, name: string, ...containers: string[]): ManifestObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta(space, name),
  spec: { replicas: 1, ...pods(name, containers.length === 0 ? [name] : containers) },
});

export const daemonSet = (space: string, name: string, ...containers: string[]): ManifestObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: meta(space, name),
  spec: pods(name, containers.length === 0 ? [name] : containers),
});

export const statefulSet = (space: string, name: string): ManifestObject => ({
  ...deployment(space, name),
  kind: 'StatefulSet',
});

export const service = (space: string, name: string, port = 443): ManifestObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta(space, name),
  spec: { selector: { app: name }, ports: [{ port }] },
});

export const configMap = (space: string, name: string, data: Record<string, string> = {}): ManifestObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: meta(space, name),
  data: { _example: '# SIMULATED\n', ...data },
});

/** A CustomResourceDefinition. `name` is its plural name and its group, `<plural>.<group>`. */
export const definition = (name: string, kind: string, version: string): ManifestObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: {
    group: name.slice(name.indexOf('.') + 1),
    names: { kind, plural: name.slice(0, name.indexOf('.')) },
    scope: 'Namespaced',
    versions: [{ name: version, served: true, storage: true }],
  },
});

/** A configuration of one webhook, which is served by the given Service. */
export const webhooks = (
  kind: 'Validating' | 'Mutating',
  name: string,
  space: string,
  server: string,
): ManifestObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: `${kind}WebhookConfiguration`,
  metadata: { name },
  webhooks: [
    {
      name,
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      clientConfig: { service: { namespace: space, name: server } },
    },
  ],
});
