import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import * as z from 'zod';

/** The Service of Istio by which calls come into the cluster. */
const GATEWAY = { apiVersion: 'v1', kind: 'Service', namespace: 'istio-system', name: 'istio-ingressgateway' };

const withAddress = z.looseObject({
  status: z.looseObject({
    loadBalancer: z.looseObject({ ingress: z.array(z.looseObject({ ip: z.string() })).min(1) }),
  }),
});

/** Returns the IP address that the load balancer gave to the gateway; undefined where it gave none. */
export async function gatewayAddress(
  api: Pick<KubernetesApi, 'get'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = withAddress.safeParse(await api.get(GATEWAY, { signal }));
  return found.success ? found.data.status.loadBalancer.ingress[0]?.ip : undefined;
}
