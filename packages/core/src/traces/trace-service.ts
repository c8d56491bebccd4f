import type { KubernetesObject } from '@vhive/shared';
import { type CpuLimit, resourcesOf } from './resources.ts';
import type { TraceFunction } from './trace.ts';

/** What calls of a trace function are counted by, when its pods are scaled. */
export const autoscalingMetrics = ['concurrency', 'rps'] as const;

/** How the functions of a trace are deployed. */
export interface TraceServiceOptions {
  namespace: string;
  /** The image of the function. In microVMs, that of the stub; the function's own is `guestImage`. */
  image: string;
  guestImage?: string | undefined;
  runtimeClassName?: string | undefined;
  cpuLimit: CpuLimit;
  metric: (typeof autoscalingMetrics)[number];
  /** Whether pods are hardly ever added in panic, as invitro's IsPartiallyPanic has it. */
  partiallyPanic: boolean;
  initialScale: number;
  /** How many iterations keep the function busy for a millisecond, on the nodes of this cluster. */
  iterationsPerMs: number;
  /** Labels of nodes, on which alone its pods run. */
  nodeSelector?: Readonly<Record<string, string>> | undefined;
}

/** The port of the function in a container, and behind the stub in a microVM. */
const PORT = 80;
const GUEST_PORT = 50_051;

/** As Azure has it. */
const MOST_PODS = 200;
/** The target of Knative's autoscaler for concurrency, as invitro has it. */
const CONCURRENCY_TARGET = 100;
const PANIC = { window: '10.0', threshold: '200.0' };
const HARDLY_PANIC = { window: '100.0', threshold: '1000.0' };

/** Names the function at a position of a trace. The name is invitro's, without its random number. */
export const traceFunctionName = (position: number) => `trace-func-${position}`;

/** Returns the Knative Service of a trace function, as invitro deploys it. */
export function traceService(name: string, one: TraceFunction, options: TraceServiceOptions): KubernetesObject {
  const { namespace, image, guestImage, metric, iterationsPerMs, runtimeClassName, nodeSelector } = options;
  const { cpuLimitMilli, cpuRequestMilli, memoryRequestMib } = resourcesOf(one, options.cpuLimit);
  const panic = options.partiallyPanic ? HARDLY_PANIC : PANIC;
  const target =
    metric === 'rps' ? Math.max(1, Math.round(1_000 / Math.max(1, one.averageDurationMs))) : CONCURRENCY_TARGET;
  const annotations = {
    'initial-scale': options.initialScale,
    'min-scale': 0,
    'max-scale': MOST_PODS,
    // The activator is always in the way of the calls.
    'target-burst-capacity': -1,
    'panic-window-percentage': panic.window,
    'panic-threshold-percentage': panic.threshold,
    metric,
    target,
  };
  const port = guestImage === undefined ? PORT : GUEST_PORT;
  const guest = guestImage === undefined ? {} : { GUEST_PORT: String(port), GUEST_IMAGE: guestImage };
  const env = {
    ...guest,
    ITERATIONS_MULTIPLIER: String(iterationsPerMs),
    ENABLE_TRACING: 'false',
    COLD_START_BUSY_LOOP_MS: '0',
    IO_PERCENTAGE: '0',
  };
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      template: {
        metadata: {
          annotations: Object.fromEntries(
            Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, String(value)]),
          ),
        },
        spec: {
          containerConcurrency: 1,
          ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
          ...(nodeSelector === undefined ? {} : { nodeSelector }),
          containers: [
            {
              image,
              imagePullPolicy: 'IfNotPresent',
              ports: [{ name: 'h2c', containerPort: port }],
              env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
              resources: {
                limits: { cpu: `${cpuLimitMilli}m` },
                requests: { cpu: `${cpuRequestMilli}m`, memory: `${memoryRequestMib}Mi` },
              },
            },
          ],
        },
      },
    },
  };
}
