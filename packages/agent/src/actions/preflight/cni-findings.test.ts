import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { cniFindings } from './cni-findings.ts';

async function found(names: string[], wanted: string | null, joined = false) {
  await using context = await testContext();
  for (const name of names) await context.host.writeFile(`/etc/cni/net.d/${name}`, '{}', { mode: '0644' });
  return (await cniFindings(context.host, wanted, joined)).map(({ level, message }) => `${level}: ${message}`);
}

test('a configuration that comes before ours refuses the host, and a later one warns', async () => {
  expect(await found(['05-cilium.conflist', '87-podman.conflist'], '10-vhive.conflist')).toEqual([
    expect.stringMatching(/^error: .*05-cilium\.conflist .*comes before/),
    expect.stringMatching(/^warning: .*87-podman\.conflist .*is used until/),
  ]);
});

test('our own, what is no configuration, and a host without the directory are fine', async () => {
  expect(await found(['10-vhive.conflist', 'calico-kubeconfig', '00-notes.txt'], '10-vhive.conflist', true)).toEqual(
    [],
  );
  expect(await found([], '10-calico.conflist')).toEqual([]);
  expect(await found(['05-cilium.conflist'], null)).toEqual([]);
});

test.each([
  ['10-calico.conflist', '10-vhive.conflist', 'calico'],
  ['10-vhive.conflist', '10-calico.conflist', 'bridge'],
])('a node with %s is not given %s', async (has, wanted, plugin) => {
  expect(await found([has, wanted], wanted, true)).toEqual([
    expect.stringMatching(new RegExp(`^error: the pod network of this node is ${plugin}`)),
  ]);
});

test('what an earlier cluster of ours left counts by its place, as that of others does', async () => {
  expect(await found(['10-calico.conflist'], '10-vhive.conflist')).toEqual([expect.stringMatching(/^error/)]);
  expect(await found(['10-vhive.conflist'], '10-calico.conflist')).toEqual([expect.stringMatching(/^warning/)]);
});
