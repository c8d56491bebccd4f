import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { sayHello } from '@vhive/base/grpc/greeter';
import { SimulatedKubernetes } from './kubernetes.ts';

/** A real gRPC server that stands for the ingress gateway of a simulated cluster and for the functions behind it. */
export interface SimulatedGateway extends AsyncDisposable {
  address: string;
  port: number;
}

/**
 * Starts a gateway on loopback. Its port is any free one, because ports below 1024 need root. It answers as gRPC's
 * greeter for the functions that are Ready in the simulated cluster, which it finds by the host name of the request;
 * for others it answers that they are unknown.
 * @param gateway the address that the load balancer gave to the gateway; some service must have it
 */
export async function startGateway(cluster: string, gateway: string): Promise<SimulatedGateway> {
  const { Server, ServerCredentials, status } = await import('@vhive/base/grpc/library');
  const kubernetes = new SimulatedKubernetes(cluster);
  const server = new Server();
  server.addService(
    { sayHello },
    {
      sayHello: (call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) => {
        void isServed(kubernetes, gateway, call.getHost()).then((served) => {
          if (served) answer(null, `(simulated) Hello, ${call.request}!`);
          else
            answer({ code: status.UNIMPLEMENTED, details: `(simulated) no function ${call.getHost()} at ${gateway}` });
        });
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: '127.0.0.1', port, [Symbol.asyncDispose]: async () => server.forceShutdown() };
}

interface Seen {
  spec?: { clusterIP?: string };
  status?: { url?: string; loadBalancer?: { ingress?: { ip: string }[] } };
}

/** Whether some service of a simulated cluster has an address. */
export async function isServiceAddress(kubernetes: SimulatedKubernetes, address: string): Promise<boolean> {
  const services = (await kubernetes.list({ apiVersion: 'v1', kind: 'Service' })) as Seen[];
  return services.some(
    ({ spec, status }) =>
      spec?.clusterIP === address || status?.loadBalancer?.ingress?.some(({ ip }) => ip === address),
  );
}

async function isServed(kubernetes: SimulatedKubernetes, gateway: string, host: string): Promise<boolean> {
  const functions = (await kubernetes.list({ apiVersion: 'serving.knative.dev/v1', kind: 'Service' })) as Seen[];
  return (
    functions.some(({ status }) => status?.url === `http://${host}`) && (await isServiceAddress(kubernetes, gateway))
  );
}
