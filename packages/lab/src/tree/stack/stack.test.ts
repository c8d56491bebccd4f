import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { stackManifests, stackPrograms, standInImage, vhiveFiles } from './index.ts';

interface Parsed {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  webhooks?: { name: string; clientConfig: { service: { name: string; namespace: string } } }[];
}

const image = standInImage('abc');
const manifests = stackManifests(image).map(({ address, text }) => ({
  address,
  text,
  objects: parseAllDocuments(text).map((document): Parsed => document.toJS()),
}));
const all = manifests.flatMap(({ objects }) => objects);

describe('manifests of the stand-ins', () => {
  it('say what they are, in their first line and in their address', () => {
    for (const { address, text } of manifests) {
      expect(text).toMatch(/^# A stand-in of the vHive lab/);
      expect(address).toContain('0.0.0-standin');
    }
  });

  it('ask for no kind that Kubernetes 1.20 lacks', () => {
    const groups = [...new Set(all.map(({ apiVersion }) => apiVersion))].sort();
    expect(groups).toEqual([
      ...['admissionregistration.k8s.io/v1', 'apiextensions.k8s.io/v1', 'apps/v1'],
      ...['caching.internal.knative.dev/v1alpha1', 'networking.istio.io/v1beta1', 'rbac.authorization.k8s.io/v1', 'v1'],
    ]);
  });

  it('have a Service behind each webhook, whose name is one that Kubernetes takes', () => {
    const services = all.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata);
    const webhooks = all.flatMap((object) => object.webhooks ?? []);
    expect(webhooks.length).toBeGreaterThan(8);
    for (const { name, clientConfig } of webhooks) {
      expect(name.split('.').length).toBeGreaterThanOrEqual(3);
      expect(services).toContainEqual(expect.objectContaining(clientConfig.service));
    }
  });

  it('name no object twice', () => {
    const names = all.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

it.each(Object.keys(stackPrograms) as (keyof typeof stackPrograms)[])('%s is a script', async (name) => {
  expect(stackPrograms[name]).toMatch(/^#!\/bin\/sh\n# The vHive lab's stand-in for /);
  await execa('sh', ['-n'], { input: stackPrograms[name] });
});

it('files of vHive have the pointers that git LFS would have for them', () => {
  const files = vhiveFiles();
  const runtime = files.find(({ address }) => address.startsWith('media.') && address.endsWith('/bin/firecracker'));
  const pointer = files.find(({ address }) => address.startsWith('raw.') && address.endsWith('/bin/firecracker'));
  expect(pointer?.text).toContain(`\nsize ${runtime?.text.length}\n`);
});
