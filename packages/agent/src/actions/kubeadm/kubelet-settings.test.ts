import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { flagsOf, flagValue } from './kubelet-settings.ts';
import { kubeletVerify } from './kubelet-verify.ts';

test('flags in both spellings, the last one wins', () => {
  expect(flagValue(['--node-ip', '10.0.0.1', '--v=0'], 'node-ip')).toBe('10.0.0.1');
  expect(flagValue(['--node-ip=10.0.0.1', '--node-ip=10.0.0.2'], 'node-ip')).toBe('10.0.0.2');
  expect(flagValue(['--node-ip-family=4'], 'node-ip')).toBeUndefined();
  expect(flagsOf('# x\nKUBELET_EXTRA_ARGS="--a=b --c d"\n')).toEqual(['--a=b', '--c', 'd']);
});

const params = { criSocket: 'unix:///run/containerd/containerd.sock', nodeAddress: '10.0.0.1' };

test('a kubelet that does not run is judged by what it will be started with', async () => {
  await using context = await testContext();
  const write = (path: string, text: string) => context.host.writeFile(path, text, { mode: '0644' });
  await write('/etc/default/kubelet', 'KUBELET_EXTRA_ARGS=--node-ip=10.0.0.1\n');
  expect(await kubeletVerify.check(params, context)).toEqual({ converged: true, outputs: {} });

  // This kubelet is configured but has no endpoint, so an old one would take Docker's.
  await write('/var/lib/kubelet/config.yaml', 'kind: KubeletConfiguration\n');
  expect(await kubeletVerify.check(params, context)).toMatchObject({
    changes: [expect.stringContaining('the default becomes')],
  });

  await write('/var/lib/kubelet/config.yaml', 'containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\n');
  expect(await kubeletVerify.check(params, context)).toMatchObject({ converged: true });

  await write(
    '/var/lib/kubelet/kubeadm-flags.env',
    'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=/etc/vhive-cri/vhive-cri.sock"\n',
  );
  expect(await kubeletVerify.check(params, context)).toMatchObject({
    changes: [expect.stringContaining('vhive-cri.sock')],
  });
});
