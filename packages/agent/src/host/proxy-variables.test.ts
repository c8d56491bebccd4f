import { expect, test } from 'vitest';
import { testContext } from '../actions/kit/context.fixture.ts';
import { proxyVariables } from './proxy-variables.ts';

const file = '# comment\nHTTP_PROXY=http://p:1\nhttp_proxy=http://p:1\nNO_PROXY=.svc,10.0.0.0/8\nPATH=/evil\n';

test('commands get the variables of the file, and nothing else from it', async () => {
  await using context = await testContext({ searchPath: '/usr/bin:/bin' });
  const environment = async () => (await context.host.run(['env'])).stdout.split('\n');
  expect((await environment()).filter((line) => /proxy/i.test(line))).toEqual([]);
  await context.host.writeFile('/etc/vhive/proxy.env', file, { mode: '0644' });
  const lines = await environment();
  expect(lines).toEqual(
    expect.arrayContaining(['HTTP_PROXY=http://p:1', 'http_proxy=http://p:1', 'NO_PROXY=.svc,10.0.0.0/8']),
  );
  expect(lines).toContain('PATH=/usr/bin:/bin');
});

test('kubeadm and kubectl, which speak with the cluster only, are left out', () => {
  expect(proxyVariables(['/usr/local/bin/kubeadm', 'init'], Buffer.from(file))).toEqual({});
  expect(proxyVariables(['kubectl'], Buffer.from(file))).toEqual({});
  expect(proxyVariables(['go', 'build'], Buffer.from(file))).toHaveProperty('HTTP_PROXY');
});
