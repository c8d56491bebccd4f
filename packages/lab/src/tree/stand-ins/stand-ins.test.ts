import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kn } from './kn.ts';
import { netIstioImage, netIstioManifest } from './net-istio.ts';
import { vhiveFiles } from './vhive.ts';

interface Parsed {
  kind: string;
  metadata: { name: string; namespace?: string };
  webhooks?: { clientConfig: { service: { name: string; namespace: string } } }[];
}

describe('the manifest of net-istio', () => {
  const { address, text } = netIstioManifest();
  const objects = parseAllDocuments(text).map((document): Parsed => document.toJS());

  it('says what it is, in its first line, its address and its image', () => {
    expect(text).toMatch(/^# The manifest of the lab's stand-in/);
    expect(address).toContain('0.0.0-standin');
    for (const role of ['controller', 'webhook'])
      expect(text).toContain(`image: ${netIstioImage()}\n          args: [${role}]\n`);
    expect(text).not.toMatch(/(controller|webhook):v/);
    expect(netIstioImage()).toMatch(/:standin-[0-9a-f]{12}$/);
  });

  it('has a Service behind each webhook, and names no object twice', () => {
    const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata);
    const webhooks = objects.flatMap(({ webhooks: its }) => its ?? []);
    expect(webhooks).toHaveLength(2);
    for (const { clientConfig } of webhooks)
      expect(services).toContainEqual(expect.objectContaining(clientConfig.service));
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

it('kn is a script that says what it is', async () => {
  expect(kn).toMatch(/^#!\/bin\/sh\n# The vHive lab's stand-in for /);
  await execa('sh', ['-n'], { input: kn });
});

it('files of vHive have the pointers that git LFS would have for them', () => {
  const files = vhiveFiles();
  const runtime = files.find(({ address }) => address.startsWith('media.') && address.endsWith('/bin/firecracker'));
  const pointer = files.find(({ address }) => address.startsWith('raw.') && address.endsWith('/bin/firecracker'));
  expect(pointer?.text).toContain(`\nsize ${runtime?.text.length}\n`);
});
