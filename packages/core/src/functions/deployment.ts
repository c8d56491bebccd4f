import type { KubernetesObject } from '@vhive/shared';
import { badFile } from './bad-file.ts';
import { copyNames } from './function-names.ts';
import { isFunction } from './function-service.ts';
import { type FunctionSettings, withSettings } from './function-settings.ts';
import type { ManifestObject } from './manifest-file.ts';

/** A function that is to be deployed. */
export interface WantedFunction {
  service: KubernetesObject & { metadata: { name: string; namespace: string } };
  /** Set where it takes calls from outside, so that endpoints.json names it. */
  endpoint?: { eventing: boolean };
  where: string;
}

/** What is to be deployed, in order: what functions need, the functions, and what calls them. */
export interface Deployment {
  before: KubernetesObject[];
  functions: WantedFunction[];
  after: KubernetesObject[];
}

/** Files of objects that belong together, and what becomes of their functions. */
export interface Source {
  objects: readonly ManifestObject[];
  /** The namespace of objects that name none. */
  namespace: string;
  /** Whether that namespace was asked for, so that a function of another one is a mistake. */
  namespaceIsSaid: boolean;
  /**
   * named: functions keep their names. copies: each is deployed so many times, with a number after its name (or after
   * `as`). workflow: they are parts of an eventing workflow, in which the function with this name takes the calls.
   */
  functions:
    | { type: 'named' }
    | { type: 'copies'; count: number; as?: string }
    | { type: 'workflow'; name: string; where: string };
  settings: FunctionSettings;
}

/** What makes calls of functions, and so comes after them. */
const CALLERS =
  /^(?:eventing\.knative\.dev\/v\w+ Trigger|messaging\.knative\.dev\/v\w+ Subscription|sources\.knative\.dev\/)/;
/** Kinds that are in no namespace, as far as manifests of functions have them. */
const OF_THE_CLUSTER =
  /^(Namespace|ClusterRole|ClusterRoleBinding|CustomResourceDefinition|PersistentVolume|StorageClass|PriorityClass|RuntimeClass)$/;

/** Puts together what is to be deployed. Throws `usage` where functions would be deployed twice or elsewhere than asked. */
export function deploymentOf(sources: readonly Source[]): Deployment {
  const deployment: Deployment = { before: [], functions: [], after: [] };
  for (const source of sources) add(source, deployment);
  deployment.before = deployment.before.toSorted((a, b) => rank(a) - rank(b));
  const seen = new Map<string, string>();
  for (const { service, where } of deployment.functions) {
    const key = `${service.metadata.namespace}/${service.metadata.name}`;
    const before = seen.get(key);
    if (before !== undefined) throw badFile(where, `the function ${key} is there twice, first at ${before}`);
    seen.set(key, where);
  }
  if (deployment.functions.length === 0)
    throw badFile(
      sources[0]?.objects[0]?.where ?? 'the files',
      'there is no function in it: no Service of serving.knative.dev',
    );
  return deployment;
}

const rank = ({ kind }: KubernetesObject) => (kind === 'Namespace' ? 0 : 1);

function add(source: Source, deployment: Deployment): void {
  const { namespace, functions, settings } = source;
  const services = source.objects.filter(({ object }) => isFunction(object));
  for (const { object } of source.objects) {
    if (isFunction(object)) continue;
    const own = OF_THE_CLUSTER.test(object.kind) ? object : withNamespace(object, namespace);
    (CALLERS.test(`${object.apiVersion} ${object.kind}`) ? deployment.after : deployment.before).push(own);
  }
  const entry = functions.type === 'workflow' ? entryOf(services, functions) : undefined;
  for (const each of services) {
    const { object, where } = each;
    const own = object.metadata.namespace;
    if (own !== undefined && own !== namespace && source.namespaceIsSaid && functions.type !== 'workflow')
      throw badFile(
        where,
        `the function ${object.metadata.name} is in namespace ${own}, and --namespace says ${namespace}`,
      );
    for (const name of namesOf(object.metadata.name, functions)) {
      const place = { name, namespace: own ?? namespace };
      const service = withSettings(object, place, settings) as WantedFunction['service'];
      const isEntry = functions.type !== 'workflow' || each === entry;
      deployment.functions.push({
        service,
        where,
        ...(isEntry ? { endpoint: { eventing: functions.type === 'workflow' } } : {}),
      });
    }
  }
}

function namesOf(name: string, functions: Source['functions']): string[] {
  return functions.type === 'copies' ? copyNames(functions.as ?? name, functions.count) : [name];
}

function withNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace } };
}

function entryOf(
  services: readonly ManifestObject[],
  { name, where }: { name: string; where: string },
): ManifestObject {
  const named = services.find(({ object }) => [name, `${name}-0`].includes(object.metadata.name));
  const only = services.length === 1 ? services[0] : undefined;
  const found = named ?? only;
  if (found !== undefined) return found;
  const names = services.map(({ object }) => object.metadata.name).join(', ');
  throw badFile(
    where,
    services.length === 0
      ? `the workflow ${name} has no function in it`
      : `which function of ${names} takes the calls of the workflow ${name}?`,
    `name one of them ${name}`,
  );
}
