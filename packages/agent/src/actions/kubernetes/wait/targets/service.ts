import { isIPv4 } from 'node:net';
import * as z from 'zod';
import { objectTarget } from './object-target.ts';
import type { Seen, WaitTarget } from './wait-target.ts';

const service = z.object({
  spec: z
    .looseObject({
      type: z.string().default('ClusterIP'),
      clusterIP: z.string().default(''),
      clusterIPs: z.array(z.string()).default([]),
    })
    .prefault({}),
  status: z
    .looseObject({
      loadBalancer: z
        .looseObject({ ingress: z.array(z.looseObject({ ip: z.string().optional() })).default([]) })
        .prefault({}),
    })
    .prefault({}),
});

const read = (object: Seen) => {
  const parsed = service.safeParse(object);
  return parsed.success ? parsed.data : undefined;
};

/** Returns the address that the load balancer gave to a service. */
function addressOf(object: Seen): string | undefined {
  return read(object)
    ?.status.loadBalancer.ingress.map(({ ip }) => ip)
    .find((ip) => ip !== undefined && isIPv4(ip));
}

function clusterAddressOf(object: Seen): string | undefined {
  const spec = read(object)?.spec;
  return spec && [spec.clusterIP, ...spec.clusterIPs].find((ip) => isIPv4(ip));
}

function target(
  { namespace, name }: { namespace: string; name: string },
  address: (object: Seen) => string | undefined,
  state: (type: string) => string,
): WaitTarget {
  return objectTarget({
    reference: { apiVersion: 'v1', kind: 'Service', name, namespace },
    reached: (object) => address(object) !== undefined,
    state: (object) => (object === undefined ? 'it does not exist' : state(read(object)?.spec.type ?? 'ClusterIP')),
    outputs: (object) => {
      const given = address(object);
      return given === undefined ? {} : { address: given };
    },
  });
}

/** Waits until the load balancer has given an address to the service. */
export const serviceAddress = (service: { namespace: string; name: string }): WaitTarget =>
  target(service, addressOf, (type) =>
    type === 'LoadBalancer'
      ? 'the load balancer has given it no IPv4 address yet'
      : `it is of type ${type}, which gets no address from a load balancer`,
  );

/** Waits until the service has its address within the cluster. */
export const serviceClusterIp = (service: { namespace: string; name: string }): WaitTarget =>
  target(service, clusterAddressOf, () => 'it has no IPv4 address within the cluster');
