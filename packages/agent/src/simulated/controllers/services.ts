import { createHash } from 'node:crypto';
import { defined, type KubernetesObject } from '@vhive/shared';
import { type AppliedObjects, type Controller, part, withStatus } from './controller.ts';

const nameOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/**
 * A service gets a cluster IP, which is always the same for its name. A service of type LoadBalancer also gets an
 * address of the address pool.
 */
export const service: Controller = async (object, applied) => {
  const spec = part(object, 'spec');
  if (spec.type === 'ExternalName') return object;
  const [third = 0, fourth = 0] = createHash('sha256').update(nameOf(object)).digest();
  const clusterIP = spec.clusterIP ?? `10.96.${third}.${1 + (fourth % 254)}`;
  const known = { ...object, spec: { ...spec, clusterIP } };
  if (spec.type !== 'LoadBalancer') return known;
  const address = await loadBalancerAddress(object, applied);
  return withStatus(known, { loadBalancer: address === undefined ? {} : { ingress: [{ ip: address }] } });
};

/**
 * Returns the address of a service in the address pool; services take the addresses in the order of their names. It is
 * undefined when there is no pool or the pool is used up.
 */
async function loadBalancerAddress(object: KubernetesObject, applied: AppliedObjects): Promise<string | undefined> {
  const [pool] = await applied.ofKind('IPAddressPool', 'metallb.io');
  const [range] = (pool && (part(pool, 'spec').addresses as string[] | undefined)) ?? [];
  if (range === undefined) return undefined;
  const services = await applied.ofKind('Service');
  const waiting = services.filter((each) => part(each, 'spec').type === 'LoadBalancer').map(nameOf);
  const { first, last } = bounds(range);
  const address = first + waiting.indexOf(nameOf(object));
  return address > last ? undefined : textOf(address);
}

/** Returns the first and the last address of a range, written as `a-b` or as a CIDR, as numbers. */
function bounds(range: string): { first: number; last: number } {
  const [from = '', to = ''] = range.split('-');
  if (to !== '') return { first: numberOf(from), last: numberOf(to) };
  const [network = '', length = '32'] = range.split('/');
  const first = numberOf(network);
  return { first, last: first + 2 ** (32 - Number(length)) - 1 };
}

const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const textOf = (address: number) => [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');

/**
 * Returns the endpoints of the applied services as the endpoint controllers write them: each service has one ready pod.
 */
export async function endpointsOfServices(kind: string, applied: AppliedObjects): Promise<KubernetesObject[]> {
  const services = await applied.ofKind('Service');
  return services.map(({ metadata: { name, namespace } }) => {
    const metadata = { name, ...defined({ namespace }) };
    if (kind === 'Endpoints')
      return { apiVersion: 'v1', kind, metadata, subsets: [{ addresses: [{ ip: '127.0.0.1' }] }] };
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind,
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true, serving: true, terminating: false } }],
    };
  });
}
