import { expect, it } from 'vitest';
import { readTrace } from './read-trace.ts';
import { traceTables } from './trace.fixture.ts';
import { type TraceServiceOptions, traceFunctionName, traceService } from './trace-service.ts';

const [one] = readTrace(traceTables([{ hash: 'f', calls: [1] }]), { skipIncomplete: false }).functions;
const options: TraceServiceOptions = {
  ...{
    namespace: 'default',
    sandbox: 'stock-only',
    image: 'registry.example/trace:1',
    cpuLimit: '1vCPU',
    metric: 'concurrency',
  },
  ...{ partiallyPanic: false, initialScale: 0, iterationsPerMs: 155 },
};
const service = (changed: Partial<TraceServiceOptions> = {}) => {
  if (one === undefined) throw new Error('there is no function');
  const { metadata, spec } = traceService(traceFunctionName(3), one, { ...options, ...changed });
  const { template } = spec as {
    template: {
      metadata: { annotations: Record<string, string> };
      spec: { containers: { env: { name: string; value: string }[] }[] } & Record<string, unknown>;
    };
  };
  return { metadata, template, env: template.spec.containers[0]?.env };
};

it('is deployed as invitro deploys it', () => {
  const { metadata, template, env } = service();
  expect(metadata).toEqual({ name: 'trace-func-3', namespace: 'default' });
  expect(template.metadata.annotations).toEqual({
    'autoscaling.knative.dev/initial-scale': '0',
    'autoscaling.knative.dev/min-scale': '0',
    'autoscaling.knative.dev/max-scale': '200',
    'autoscaling.knative.dev/target-burst-capacity': '-1',
    'autoscaling.knative.dev/panic-window-percentage': '10.0',
    'autoscaling.knative.dev/panic-threshold-percentage': '200.0',
    'autoscaling.knative.dev/metric': 'concurrency',
    'autoscaling.knative.dev/target': '100',
  });
  expect(template.spec).toMatchObject({
    containerConcurrency: 1,
    containers: [
      {
        image: 'registry.example/trace:1',
        ports: [{ name: 'h2c', containerPort: 80 }],
        resources: { limits: { cpu: '1000m' }, requests: { cpu: '100m', memory: '8Mi' } },
      },
    ],
  });
  expect(env).toContainEqual({ name: 'ITERATIONS_MULTIPLIER', value: '155' });
});

it('by requests per second: as many as one pod serves', () => {
  const { template } = service({ metric: 'rps', partiallyPanic: true });
  expect(template.metadata.annotations).toMatchObject({
    'autoscaling.knative.dev/target': '10',
    'autoscaling.knative.dev/panic-threshold-percentage': '1000.0',
  });
});

it('in a microVM and in gVisor', () => {
  const { template, env } = service({ sandbox: 'firecracker', image: 'registry.example/guest:1' });
  expect(template.spec.containers[0]).toMatchObject({ ports: [{ containerPort: 50_051 }] });
  expect(env).toContainEqual({ name: 'GUEST_PORT', value: '50051' });
  expect(env).toContainEqual({ name: 'GUEST_IMAGE', value: 'registry.example/guest:1' });
  expect(service({ sandbox: 'gvisor' }).template.spec.runtimeClassName).toBe('gvisor');
});
