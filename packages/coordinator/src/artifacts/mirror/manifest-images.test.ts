import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { imagesInObjects } from './manifest-images.ts';

const objectsOf = (text: string) => parseAllDocuments(text).map((document): unknown => document.toJS());
const images = (text: string, how: Partial<Parameters<typeof imagesInObjects>[0]> = {}) =>
  imagesInObjects({ objects: objectsOf(text), ...how });

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: knative-eventing}
spec:
  template:
    spec:
      initContainers:
        - {name: first, image: "busybox:1.36"}
      containers:
        - name: controller
          image: gcr.io/a/controller:v1
          args: ["--some-image=gcr.io/a/by-argument:v1", --reloader=quay.io/a/reloader:v2, --listen=0.0.0.0:8080,
            --helper-image, gcr.io/a/follows:v3, --service=monitoring/alertmanager]
          env:
            - {name: DISPATCHER_IMAGE, value: gcr.io/a/dispatcher:v1}
            - {name: ENDPOINT, value: gcr.io/a/no-image:v1}
`;

describe('images are found', () => {
  it('in containers, arguments and variables', () => {
    expect(images(deployment)).toEqual([
      'docker.io/library/busybox:1.36',
      'gcr.io/a/by-argument:v1',
      'gcr.io/a/controller:v1',
      'gcr.io/a/dispatcher:v1',
      'gcr.io/a/follows:v3',
      'quay.io/a/reloader:v2',
    ]);
  });

  it('in custom resources, ConfigMaps and lists, not in definitions or where a word only looks like one', () => {
    const text = `
kind: List
items:
  - {kind: Image, metadata: {name: queue-proxy}, spec: {image: gcr.io/a/queue:v1}}
  - kind: ConfigMap
    metadata: {name: config-deployment}
    data:
      queue-sidecar-image: gcr.io/a/sidecar:v1
      _example: |
        queue-sidecar-image: gcr.io/a/example:v1
  - {kind: Deployment, metadata: {name: gateway}, spec: {template: {spec: {containers: [{name: proxy, image: auto}]}}}}
---
kind: CustomResourceDefinition
metadata: {name: images}
spec: {default: {image: gcr.io/a/definition:v1}}
---
`;
    expect(images(text)).toEqual(['gcr.io/a/queue:v1', 'gcr.io/a/sidecar:v1']);
  });

  it('as patches leave them', () => {
    const patches = [
      {
        kind: 'Deployment',
        name: 'controller',
        merge: {
          spec: { template: { spec: { containers: [{ name: 'controller', image: 'mirror.example/controller:v2' }] } } },
        },
        addArguments: { controller: ['--new-image=mirror.example/new:v1'] },
      },
    ];
    const found = images(deployment, { patches });
    expect(found).not.toContain('gcr.io/a/controller:v1');
    expect(found).toContain('mirror.example/controller:v2');
    expect(found).toContain('mirror.example/new:v1');
    expect(found).toContain('gcr.io/a/dispatcher:v1');
  });

  it('not in objects that are left out', () => {
    expect(images(deployment, { without: [{ kind: 'Deployment', name: 'controller' }] })).toEqual([]);
    expect(images(deployment, { without: [{ kind: 'Deployment' }] })).toEqual([]);
    expect(images(deployment, { without: [{ kind: 'Deployment', name: 'other' }] })).toHaveLength(6);
  });
});
