import { clusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { istioOperator } from '../phases/knative/istio-operator.ts';
import { type ComponentName, catalogue } from './catalogue.ts';
import { istioHubs, publishers } from './publishers.fixture.ts';
import { filesOf, type ResolvedFile } from './resolve.ts';

const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

const files = (Object.keys(catalogue) as ComponentName[]).flatMap((component) =>
  ['amd64', 'arm64'].flatMap((arch) => filesOf(component, catalogue[component].version, arch)),
);

/** Returns the address and the checksum's address as the publisher's own naming gives them. */
function asPublished({ name, version, arch }: ResolvedFile) {
  const publisher = publishers.find((candidate) => candidate.files.includes(name));
  if (publisher === undefined) return undefined;
  const fill = (text: string) =>
    text
      .replaceAll(/(?<![A-Za-z])A(?![A-Za-z])/g, arch)
      .replaceAll(/(?<![A-Za-z])M(?![A-Za-z])/g, machines[arch] ?? arch)
      .replaceAll(/(?<![A-Za-z])v?V(?![A-Za-z])/g, (letters) => letters.replace('V', version))
      .replaceAll('knative-vV', `knative-v${version}`)
      .replaceAll('goV', `go${version}`)
      .replaceAll('*', name);
  const url = fill(publisher.address);
  const { checksum } = publisher;
  if (checksum === 'none') return { url, checksum: undefined };
  if ('suffix' in checksum) return { url, checksum: `${url}${checksum.suffix}` };
  if ('pointer' in checksum) return { url, checksum: fill(checksum.pointer) };
  return { url, checksum: `${url.slice(0, url.lastIndexOf('/'))}/${checksum.name}` };
}

it.each(files.map((file) => [file.name, file.arch, file] as const))(
  '%s for %s is where its publisher says, and so is its checksum',
  (_name, _arch, file) => {
    const { checksum } = file;
    expect({ url: file.url, checksum: checksum.type === 'none' ? undefined : checksum.url }).toEqual(asPublished(file));
  },
);

it('each is justified once, by a source', () => {
  const named = publishers.flatMap((publisher) => publisher.files);
  expect(named.toSorted()).toEqual([...new Set(files.map(({ name }) => name))].sort());
  expect(publishers.filter(({ source }) => source.length < 20)).toEqual([]);
});

it('Istio’s images come from the hub that stays', () => {
  const operator = istioOperator(clusterFile.parse({}));
  expect(JSON.parse(operator)).toMatchObject({ spec: { hub: istioHubs.stays } });
  for (const hub of istioHubs.end) expect(operator).not.toContain(hub);
});
