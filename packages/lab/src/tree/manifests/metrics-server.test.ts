import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { metricsServerManifest } from './metrics-server.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vhive-modules-'));
  const folder = join(root, 'sigs.k8s.io/metrics-server/manifests/base');
  await mkdir(folder, { recursive: true });
  const files = {
    apiservice: '---\nkind: APIService\nmetadata:\n  name: v1beta1.metrics.k8s.io\n',
    deployment:
      'kind: Deployment\nmetadata:\n  name: metrics-server\nspec:\n  template:\n    spec:\n      containers:\n      - name: metrics-server\n        image: staging:master\n',
    rbac: 'kind: ServiceAccount\nmetadata:\n  name: metrics-server\n---\nkind: ClusterRole\nmetadata:\n  name: reader\n  labels:\n    mine: "true"\n',
    service: 'kind: Service\nmetadata:\n  name: metrics-server\nspec:\n  ports: []\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.yaml`), text);
});
afterEach(() => rm(root, { recursive: true }));

test('has the labels and the image that the overlay of the release gives', async () => {
  const { address, text } = await metricsServerManifest({ metricsServer: '0.8.0' }, async (name) => join(root, name));
  expect(address).toBe('github.com/kubernetes-sigs/metrics-server/releases/download/v0.8.0/components.yaml');
  const label = { 'k8s-app': 'metrics-server' };
  expect(parseAllDocuments(text).map((document) => document.toJS())).toMatchObject([
    { kind: 'APIService', metadata: { labels: label } },
    {
      kind: 'Deployment',
      metadata: { labels: label },
      spec: {
        selector: { matchLabels: label },
        template: {
          metadata: { labels: label },
          spec: { containers: [{ image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0' }] },
        },
      },
    },
    { kind: 'ServiceAccount', metadata: { labels: label } },
    { kind: 'ClusterRole', metadata: { labels: { ...label, mine: 'true' } } },
    { kind: 'Service', metadata: { labels: label }, spec: { selector: label } },
  ]);
});
