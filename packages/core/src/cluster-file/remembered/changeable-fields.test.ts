import { expect, it } from 'vitest';
import { clusterFileJsonSchema } from '../schema.ts';
import { changeabilityOf, changeableFields } from './changeable-fields.ts';

interface Schema {
  properties?: Record<string, Schema>;
}

/** Returns the fields of the cluster file that have no fields of their own. */
function leaves(schema: Schema, path: string[] = []): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
    inner.properties === undefined ? [[...path, key].join('.')] : leaves(inner, [...path, key]),
  );
}

const fields = leaves(clusterFileJsonSchema());

it('says of every field of the cluster file whether it can be changed', () => {
  expect(fields.length).toBeGreaterThan(50);
  expect(fields.filter((field) => changeabilityOf(field) === undefined)).toEqual([]);
});

it('names no field that there is not', () => {
  const isField = (name: string) => fields.some((field) => field === name || field.startsWith(`${name}.`));
  expect(Object.keys(changeableFields).filter((name) => !isField(name))).toEqual([]);
});

it('knows what rests on members: the sandbox, the LAN, and all that kubeadm init was given', () => {
  const firm = fields.filter((field) => !['applied', 'adds'].includes(changeabilityOf(field) ?? ''));
  expect(firm.map((field) => `${field}: ${changeabilityOf(field)}`)).toEqual([
    'name: control-plane',
    'sandbox: members',
    'controlPlane: control-plane',
    'lan: addresses',
    'network.plugin: control-plane',
    'network.podCidr: control-plane',
    'network.nodePrefix: control-plane',
    'network.serviceCidr: control-plane',
    'kubernetes.imageRepository: control-plane',
    'kubernetes.kubeletConfiguration: control-plane',
    'kubernetes.kubeProxyConfiguration: control-plane',
    'kubernetes.maxPods: control-plane',
    'kubernetes.containerLogMaxSize: control-plane',
  ]);
});
