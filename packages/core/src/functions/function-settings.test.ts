import fc from 'fast-check';
import { expect, it } from 'vitest';
import { catalogue, isSandbox } from './catalogue.ts';
import { copyNames, functionNameProblem, isMeant } from './function-names.ts';
import { functionService } from './function-service.ts';
import { type FunctionSettings, withSettings } from './function-settings.ts';
import { readManifest } from './manifest-file.ts';

const place = { name: 'x-1', namespace: 'here' };
const written = (extra: object = {}) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'x' },
  spec: {
    template: {
      metadata: { name: 'x-first', annotations: { 'autoscaling.knative.dev/target': '7', other: 'stays' } },
      spec: {
        containers: [
          { image: 'side' },
          { image: 'main', ports: [{ containerPort: 1 }], env: [{ name: 'A', value: '1' }] },
        ],
      },
    },
    ...extra,
  },
});
const template = (settings: FunctionSettings, at = place) =>
  (withSettings(written(), at, settings) as unknown as { spec: { template: Record<string, unknown> } }).spec.template;

it('keeps what the file says where nothing is asked', () => {
  expect(template({ defaultConcurrencyTarget: 1 }).metadata).toEqual({
    annotations: { 'autoscaling.knative.dev/target': '7', other: 'stays' },
  });
  expect(withSettings(written({ traffic: [] }), { name: 'x', namespace: 'n' }, {})).toEqual({
    ...written({ traffic: [] }),
    metadata: { name: 'x', namespace: 'n' },
  });
});

it('what is asked wins over the file', () => {
  const asked = template({ minScale: 1, maxScale: 0, initialScale: 2, concurrencyTarget: 3, env: { A: '2', B: '3' } });
  expect(asked.metadata).toEqual({
    annotations: {
      'autoscaling.knative.dev/target': '3',
      'autoscaling.knative.dev/min-scale': '1',
      'autoscaling.knative.dev/max-scale': '0',
      'autoscaling.knative.dev/initial-scale': '2',
      other: 'stays',
    },
  });
  const env = [
    { name: 'A', value: '2' },
    { name: 'B', value: '3' },
  ];
  expect(template({ nodeSelector: { role: 'worker' } }).spec).toMatchObject({ nodeSelector: { role: 'worker' } });
  expect(asked.spec).not.toHaveProperty('nodeSelector');
  expect(asked.spec).toMatchObject({ containers: [{ image: 'side' }, { image: 'main', env }] });
});

it.each(
  catalogue.flatMap((entry) =>
    ['firecracker', 'gvisor', 'stock-only'].filter(isSandbox).map((sandbox) => [entry.name, sandbox, entry] as const),
  ),
)('%s for %s is a function as files have them', (_name, sandbox, entry) => {
  const service = functionService(entry, { sandbox });
  expect(readManifest({ path: 'x', text: JSON.stringify(service) })).toMatchObject([{ object: service }]);
  const { spec } = (
    service as unknown as {
      spec: {
        template: { spec: { runtimeClassName?: string; containers: [{ image: string; env?: { name: string }[] }] } };
      };
    }
  ).spec.template;
  expect(spec.runtimeClassName).toBe(sandbox === 'gvisor' ? 'gvisor' : undefined);
  const guest = spec.containers[0].env?.some(({ name }) => name === 'GUEST_IMAGE') ?? false;
  expect(guest).toBe(sandbox === 'firecracker');
});

it('the copies of a good name are good names, as long as they are short enough', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,50}[a-z0-9]$/), fc.integer({ min: 1, max: 30 }), (name, count) => {
      const names = copyNames(name, count);
      expect(new Set(names).size).toBe(count);
      expect(names.map(functionNameProblem).filter(Boolean)).toEqual([]);
      expect(names.every((each) => isMeant(each, `${name}-*`) && isMeant(each, each))).toBe(true);
    }),
  );
});

it.each(['', 'A', '1a', 'a-', '-a', 'a.b', 'a_b', 'a b', 'ä', 'a'.repeat(64)])('%j is no name', (name) => {
  expect(functionNameProblem(name)).toBeTypeOf('string');
});
