/** Where functions run: in microVMs, under gVisor, or in plain containers. */
export type Sandbox = (typeof sandboxes)[number];

const sandboxes = ['firecracker', 'gvisor', 'stock-only'] as const;

/** Whether a value is the name of a sandbox. */
export function isSandbox(value: unknown): value is Sandbox {
  return (sandboxes as readonly unknown[]).includes(value);
}

/** A function that ships with the product. Its Knative Service is made from this for the sandbox of a cluster. */
export interface CatalogueFunction {
  /** The name of its Service, and the word by which it is asked for. */
  name: string;
  description: string;
  image: string;
  /** The image for microVMs, where that is another one. */
  microVmImage?: string;
  /** The port on which it serves gRPC (or HTTP/2 without TLS). */
  port: number;
  /** The port in microVMs, where that is another one. */
  microVmPort?: number;
  env?: Readonly<Record<string, string>>;
  /** How many calls a pod takes at a time; without it, any number. */
  containerConcurrency?: number;
  /** The annotations of its pods, by which it is scaled. */
  annotations?: Readonly<Record<string, string>>;
  /** The sandboxes in which it can run; without it, all. */
  sandboxes?: readonly Sandbox[];
}

/** Prefix of the annotations by which Knative's autoscaler is told. */
export const AUTOSCALING = 'autoscaling.knative.dev';

/** The image that Kubernetes runs in place of a function that is in a microVM. It only answers probes. */
export const MICRO_VM_STUB = 'ghcr.io/vhive-serverless/crccheck-hello-world:latest';

/** The port of vHive's example functions. */
const PORT = 50_051;

/**
 * vHive's test function, which serves gRPC helloworld.Greeter. Its image is for amd64 alone: upstream made it by a plain
 * `docker build` (function-images/docker_build.sh).
 */
export const helloworld: CatalogueFunction = {
  name: 'helloworld',
  description: "vHive's test function: gRPC helloworld.Greeter",
  image: 'ghcr.io/ease-lab/helloworld:var_workload',
  port: PORT,
};

/** The function of the traces that invitro's loader replays: it is busy for as long as each call says. */
export const traceFunction: CatalogueFunction = {
  name: 'trace-function',
  description: "the function of invitro's traces: gRPC faas.Executor, busy for as long as each call says",
  image: 'ghcr.io/vhive-serverless/invitro_trace_function:latest',
  microVmImage: 'ghcr.io/vhive-serverless/invitro_trace_function_firecracker:latest',
  port: 80,
  microVmPort: PORT,
  containerConcurrency: 1,
  env: {
    ITERATIONS_MULTIPLIER: '102',
    ENABLE_TRACING: 'false',
    COLD_START_BUSY_LOOP_MS: '0',
    IO_PERCENTAGE: '0',
  },
  annotations: {
    [`${AUTOSCALING}/initial-scale`]: '0',
    [`${AUTOSCALING}/min-scale`]: '0',
    [`${AUTOSCALING}/max-scale`]: '200',
    [`${AUTOSCALING}/target-burst-capacity`]: '-1',
    [`${AUTOSCALING}/metric`]: 'concurrency',
    [`${AUTOSCALING}/target`]: '100',
    [`${AUTOSCALING}/panic-window-percentage`]: '10.0',
    [`${AUTOSCALING}/panic-threshold-percentage`]: '200.0',
  },
};

/** All functions that ship with the product: vHive's examples, and the functions of invitro's loader. */
export const catalogue: readonly CatalogueFunction[] = [
  helloworld,
  {
    ...helloworld,
    name: 'helloworld-serial',
    description: 'the same, one call at a time (helloworldSerial)',
    containerConcurrency: 1,
  },
  {
    name: 'pyaes',
    description: 'AES in pure Python: gRPC helloworld.Greeter',
    image: 'ghcr.io/ease-lab/pyaes:var_workload',
    port: PORT,
  },
  {
    name: 'rnn-serving',
    description: 'words made by a recurrent neural network: gRPC helloworld.Greeter',
    image: 'docker.io/vhiveease/rnn_serving:var_workload',
    port: PORT,
  },
  {
    name: 'helloworld-esgz',
    description: 'helloworld as an eStargz image, of which only what is read is fetched; for clusters with --stargz',
    image: 'ghcr.io/vhive-serverless/helloworld:var_workload-esgz',
    port: PORT,
    sandboxes: ['firecracker', 'stock-only'],
  },
  traceFunction,
];

/** The functions that `fn deploy` deploys when it is told none. */
export const defaultFunctions: readonly string[] = ['helloworld', 'pyaes', 'rnn-serving'];
