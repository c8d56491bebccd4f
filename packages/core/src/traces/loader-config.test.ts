import { expect, it } from 'vitest';
import { readLoaderConfig } from './loader-config.ts';

/** As invitro's cmd/config_knative_trace.json has it. */
const sample = {
  ...{ Seed: 42, Platform: 'Knative', InvokeProtocol: 'grpc', YAMLSelector: 'container', EndpointPort: 80 },
  ...{ BusyLoopOnSandboxStartup: false, TracePath: 'data/traces/example', Granularity: 'minute' },
  ...{ OutputPathPrefix: 'data/out/experiment', IATDistribution: 'exponential', CPULimit: '1vCPU' },
  ...{ ExperimentDuration: 30, WarmupDuration: 5, IsPartiallyPanic: false, EnableZipkinTracing: false },
  ...{ EnableMetricsScrapping: true, MetricScrapingPeriodSeconds: 15, AutoscalingMetric: 'concurrency' },
  ...{ GRPCConnectionTimeoutSeconds: 15, GRPCFunctionTimeoutSeconds: 900, DAGMode: false, Width: 2, Depth: 2 },
};
const read = (changed: object = {}) => readLoaderConfig('loader.json', JSON.stringify({ ...sample, ...changed }));

it('reads what invitro reads, and says what has no meaning here', () => {
  const { config, ignored } = read();
  expect(config).toMatchObject({ ExperimentDuration: 30, WarmupDuration: 5, IATDistribution: 'exponential' });
  expect(ignored).toEqual(['EnableMetricsScrapping']);
  expect(readLoaderConfig('loader.json', '{}').config).toMatchObject({ Seed: 42, GRPCFunctionTimeoutSeconds: 90 });
});

it.each([
  [{ Platform: 'OpenWhisk' }, 'Platform: "OpenWhisk" is not replayed'],
  [{ InvokeProtocol: 'http1' }, 'InvokeProtocol: "http1" is not replayed'],
  [{ TracePath: 'RPS' }, 'TracePath: "RPS" is not replayed'],
  [{ DAGMode: true }, 'DAGMode: true is not replayed'],
  [{ Seed: 'x' }, 'Seed: Invalid input: expected number, received string'],
  [{ IATDistribution: 'normal' }, 'IATDistribution: Invalid option'],
])('%j is refused', (changed, message) => {
  expect(() => read(changed)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
  );
});

it('says what is no JSON', () => {
  expect(() => readLoaderConfig('loader.json', '{')).toThrow('loader.json: not valid JSON');
});
