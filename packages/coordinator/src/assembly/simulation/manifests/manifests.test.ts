import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { simulatedManifest } from './index.ts';

const objectsOf = (path: string) =>
  parseAllDocuments(simulatedManifest(path) ?? '').map((document) => {
    const { kind, metadata } = document.toJS() as { kind: string; metadata: { name: string; namespace?: string } };
    return [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join(' ');
  });

it('a manifest that plans know by name has the objects that they wait for', () => {
  expect(objectsOf('/github.com/kubernetes-sigs/metrics-server/v0.8.0/components.yaml')).toContain(
    'Deployment kube-system metrics-server',
  );
});

it('any other manifest has a Deployment of its name, where such a project usually has it', () => {
  expect(objectsOf('/lantern.example/v1.2.3/lantern.yaml')).toEqual([
    ...['Namespace lantern', 'Deployment lantern lantern'],
    ...['Namespace lantern-system', 'Deployment lantern-system lantern'],
    ...['Namespace kube-system', 'Deployment kube-system lantern'],
  ]);
});

it('a program is no manifest', () => {
  expect(simulatedManifest('/dl.k8s.io/release/v1.35.3/bin/linux/amd64/kubectl')).toBeUndefined();
});
