import type { ClusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { examplePhaseContext } from '../kit/phase-context.fixture.ts';
import { smokeImages } from '../kit/smoke-images.ts';
import { smokeFunction } from './smoke-function.ts';

const real = 'ghcr.io/ease-lab/helloworld:var_workload';
const stub = 'ghcr.io/vhive-serverless/crccheck-hello-world:latest';
const guest = (image: string) => [
  { name: 'GUEST_PORT', value: '50051' },
  { name: 'GUEST_IMAGE', value: image },
];
const mine = { ready: { image: 'registry.example/hello:1' } };

it.each([
  [{}, stub, guest(real), undefined],
  [mine, stub, guest('registry.example/hello:1'), undefined],
  [{ sandbox: 'gvisor' }, real, undefined, 'gvisor'],
  [{ sandbox: 'stock-only' }, real, undefined, undefined],
  [{ sandbox: 'stock-only', ...mine }, 'registry.example/hello:1', undefined, undefined],
] as [ClusterFile, string, unknown, string | undefined][])('%j deploys %s', (fields, image, env, runtimeClassName) => {
  const context = examplePhaseContext(2, fields);
  const { spec } = smokeFunction(context) as unknown as {
    spec: { template: { spec: { runtimeClassName?: string; containers: Record<string, unknown>[] } } };
  };
  const [container] = spec.template.spec.containers;
  expect(container).toMatchObject({ image, ports: [{ name: 'h2c', containerPort: 50051 }] });
  expect(container?.env).toEqual(env);
  expect(spec.template.spec.runtimeClassName).toBe(runtimeClassName);
  expect(smokeImages(context)).toContain(image);
});
