import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { machineArchitecture } from '../architecture.ts';
import type { Component } from './component.ts';
import { pinsOfGroup } from './groups.ts';
import { componentKey, componentsDigest } from './inputs.ts';
import { type SourceFolder, sourceFolder } from './sources.ts';
import { components } from './table.ts';

let directory: string;
const copied: SourceFolder = (kind, name) => join(directory, kind, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-inputs-'));
  for (const kind of ['modules', 'programs'] as const) {
    await cp(sourceFolder(kind, '.'), join(directory, kind), { recursive: true });
  }
});
afterAll(() => rm(directory, { recursive: true }));

const table: Readonly<Record<string, Component>> = components;
const architecture = await machineArchitecture();

/** Returns the keys of all components, made from one module each. */
function keys(): Record<string, string> {
  const modules = ['k8s.io/kubernetes', 'knative.dev/serving', 'istio.io/istio', 'google.golang.org/grpc'];
  return Object.fromEntries(
    Object.entries(table).map(([name, component]) => {
      const group = component.recipe.kind === 'go' ? component.recipe.group : 'cluster';
      return [name, componentKey(name, component, architecture, '1.26.8', pinsOfGroup(group, copied), modules, copied)];
    }),
  );
}

async function edit(file: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const path = join(directory, file);
  const text = await readFile(path, 'utf8');
  await writeFile(path, change(text));
  return () => writeFile(path, text);
}

test('the digest is the same for equal sources, wherever they lie', () => {
  expect(componentsDigest(table, copied)).toBe(componentsDigest());
});

test.each([
  ['a line of Go of the lab’s own', 'programs/greeter/main.go', (text: string) => `${text}// more\n`, ['greeter']],
  ['a wheel', 'modules/envoy/requirements.txt', (text: string) => text.replace('1.40.0', '1.40.1'), ['envoy']],
  [
    'the version of Istio',
    'modules/istio/go.mod',
    (text: string) => text.replace(/^(.*istio\.io\/istio v0\.0\.0)\S+/m, '$1-20270101000000-000000000000'),
    ['istio'],
  ],
] as const)('%s changes the digest, and the key of nothing else', async (_, file, change, changed) => {
  const before = { digest: componentsDigest(table, copied), keys: keys() };
  const restore = await edit(file, change);
  const after = { digest: componentsDigest(table, copied), keys: keys() };
  await restore();
  expect(after.digest).not.toBe(before.digest);
  const different = Object.keys(table).filter((name) => after.keys[name] !== before.keys[name]);
  expect(different).toEqual(changed);
  expect(keys()).toEqual(before.keys);
});

test('a row of the table changes the digest', () => {
  const etcd = { ...components.etcd, version: '3.6.7' };
  expect(componentsDigest({ ...table, etcd }, copied)).not.toBe(componentsDigest(table, copied));
});
