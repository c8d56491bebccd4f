import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { knativeManifest } from './knative-release.ts';

let root: string;
const moduleFolder = async (module: string) => join(root, module);

const files = {
  'knative.dev/serving/config/core/200-role.yaml': 'kind: ClusterRole\n',
  'knative.dev/serving/config/core/100-namespace.yaml':
    'kind: Namespace\nmetadata:\n  labels:\n    app.kubernetes.io/version: devel\n\n',
  'knative.dev/serving/config/core/deployments/activator.yaml':
    'kind: Deployment\n# Knative\nimage: ko://knative.dev/serving/cmd/activator\n',
  'knative.dev/serving/config/core/placeholder.go': 'package core\n',
  'knative.dev/serving/config/post-install/job.yaml': 'kind: Job\n',
  'knative.dev/caching/config/image.yaml': 'kind: CustomResourceDefinition\n',
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vhive-modules-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
});
afterEach(() => rm(root, { recursive: true }));

test('is made of the files in the order of their paths, links included, with images and version', async () => {
  const source = {
    module: 'knative.dev/serving',
    folders: ['config/core'],
    links: { 'config/core/150-image.yaml': { module: 'knative.dev/caching', path: 'config/image.yaml' } },
  };
  expect(await knativeManifest(source, '1.21.2', moduleFolder)).toBe(
    [
      '---\nkind: Namespace\nmetadata:\n  labels:\n    app.kubernetes.io/version: "1.21.2"\n',
      '---\nkind: CustomResourceDefinition\n',
      '---\nkind: ClusterRole\n',
      '---\nkind: Deployment\n# Knative\nimage: gcr.io/knative-releases/knative.dev/serving/cmd/activator:v1.21.2\n',
    ].join(''),
  );
});
