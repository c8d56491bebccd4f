import { defined } from '@vhive/shared';
/** An object of Kubernetes, as it is in a manifest. */
export type StackObject = Readonly<Record<string, unknown>>;

/**
 * Returns the reference of the image with the program `standin`. The name of its registry can never exist (RFC 2606),
 * so nobody pulls it.
 */
export function standInImage(version: string): string {
  return `registry.invalid/vhive-lab/standin:${version}`;
}

const meta = (name: string, namespace?: string, labels?: Readonly<Record<string, string>>) => ({
  name,
  ...defined({ namespace, labels }),
});

/** Returns a namespace. */
export const namespace = (name: string): StackObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: meta(name) });

/** Returns the definition of a custom resource with any content. */
export function definition(
  group: string,
  plural: string,
  kind: string,
  { versions = ['v1'], scope = 'Namespaced', shortNames = [] as string[] } = {},
): StackObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: meta(`${plural}.${group}`),
    spec: {
      group,
      scope,
      names: { plural, kind, listKind: `${kind}List`, singular: kind.toLowerCase(), shortNames },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      })),
    },
  };
}

/** Returns a service account that may do everything, because the stand-ins need not be told apart. */
export function account(name: string, inNamespace: string): StackObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(name, inNamespace) },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: meta(`${inNamespace}-${name}`),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: inNamespace }],
    },
  ];
}

/** A container that runs a part of the stand-in. */
export interface Part {
  container: string;
  args: readonly string[];
  /** The container is ready once this port is open. When absent, it is ready as soon as it runs. */
  readyPort?: number;
}

/** Returns a Deployment or DaemonSet with upstream's name, whose containers run parts of the stand-in. */
export function workload(
  kind: 'Deployment' | 'DaemonSet',
  name: string,
  inNamespace: string,
  image: string,
  parts: readonly Part[],
  serviceAccountName = 'default',
): StackObject {
  const labels = { app: name };
  const containers = parts.map(({ container, args, readyPort }) => ({
    name: container,
    image,
    args,
    ...(readyPort === undefined ? {} : { readinessProbe: { tcpSocket: { port: readyPort }, periodSeconds: 1 } }),
  }));
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: meta(name, inNamespace, labels),
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName, containers } },
    },
  };
}

/** Returns a Service in front of the workload `app`. */
export function service(name: string, inNamespace: string, app: string, port: number, targetPort: number): StackObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(name, inNamespace),
    spec: { selector: { app }, ports: [{ name: `port-${port}`, port, targetPort }] },
  };
}

/** The objects about which a webhook is asked. */
export interface WebhookRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  /** When given, the webhook is asked only about objects with these labels. */
  labels?: Readonly<Record<string, string>>;
}

/** Returns a configuration with one webhook, without its CA, which the webhook writes itself. */
export function webhookConfiguration(
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration',
  name: string,
  behind: { name: string; namespace: string },
  { apiGroups, resources, labels }: WebhookRule,
): StackObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: meta(name),
    webhooks: [
      {
        name: `stand-in.${name}.lab`,
        admissionReviewVersions: ['v1'],
        clientConfig: { service: behind },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 10,
        rules: [{ apiGroups, apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources }],
        ...(labels === undefined ? {} : { objectSelector: { matchLabels: labels } }),
      },
    ],
  };
}

/** Returns a ConfigMap that is labelled as Knative labels its own. */
export function configMap(
  name: string,
  inNamespace: string,
  labels: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>> = {},
): StackObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(name, inNamespace, labels), data };
}

/** A file of the mirror tree. */
export interface StackManifest {
  /** The path in the mirror tree: `<host>/<path>` of upstream's URL. */
  address: string;
  text: string;
}
