import type { ClusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { buildPlan } from '../../plan/build-plan.ts';
import { exampleInput } from '../../plan/example-input.fixture.ts';
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

it('without the internet is made of the image in the cluster’s own registry, which the mirror tree’s was pushed to', () => {
  const mirrored = (fields: ClusterFile = {}, images = [real]) =>
    buildPlan({ ...exampleInput(2, fields, true), mirrorImages: images });
  const target = 'docker-registry.registry.svc.cluster.local:5000/ease-lab/helloworld:var_workload';
  const steps = mirrored().steps;
  const push = steps.find(({ id }) => id === 'smoke-image/n1');
  expect(push?.tasks).toMatchObject([
    { action: 'image', params: { ref: real, archive: null } },
    { action: 'image.push', params: { ref: real, target } },
  ]);
  expect(push?.needs).toEqual(['registry/n1', 'registry-hosts/n1', 'runtime/n1']);
  const ready = steps.find(({ id }) => id === 'ready/n1');
  expect(ready?.needs).toContain('smoke-image/n1');
  expect(JSON.stringify(ready?.tasks)).toContain(`"value":"${target}"`);
  for (const plan of [
    mirrored({}, []),
    mirrored(mine),
    mirrored({ registry: { local: false } }),
    mirrored({ sandbox: 'gvisor' }),
  ]) {
    expect(plan.steps.some(({ id }) => id === 'smoke-image/n1')).toBe(false);
    expect(JSON.stringify(plan.steps.find(({ id }) => id === 'ready/n1')?.tasks)).not.toContain(target);
  }
});
