import { clusterFile } from '@vhive/shared';
import { expect, test } from 'vitest';
import { examplePhaseContext } from '../kit/phase-context.fixture.ts';
import { servingPatches } from '../knative/serving-patches.ts';
import { proxyTasks, proxyVariables } from './proxy.ts';

const http = 'http://proxy.example.org:3128';
const context = (proxy: object) => examplePhaseContext(3, { proxy });
const files = (proxy: object) =>
  Object.fromEntries(proxyTasks(context(proxy)).map(({ params }) => [params.path, params.content ?? params.state]));

test('the variables name the proxy, and everything of the cluster as direct', () => {
  const variables = proxyVariables(context({ http, noProxy: ['apt.example.org'] }));
  expect(variables.slice(0, 2)).toEqual([
    { name: 'HTTP_PROXY', value: http },
    { name: 'HTTPS_PROXY', value: http },
  ]);
  const direct = variables[2]?.value.split(',');
  for (const entry of ['apt.example.org', '127.0.0.0/8', '.svc', '10.244.0.0/16', '10.96.0.0/16', '172.17.0.0/16'])
    expect(direct).toContain(entry);
  // The nodes' network and not each node is named: a further node changes nothing here.
  expect(direct).toContain('10.10.0.0/16');
  expect(direct).not.toContain('10.10.0.2');
  expect(proxyVariables(examplePhaseContext(9, { proxy: { http, noProxy: ['apt.example.org'] } }))).toEqual(variables);
});

test('the files: for what fetches something, and for apt, which knows hosts only', () => {
  const written = files({ https: http, noProxy: ['apt.example.org', '.example.com', '10.0.0.0/8'] });
  expect(written['/etc/vhive/proxy.env']).toMatch(
    /^# Written.*\nHTTPS_PROXY=http:\/\/proxy\.example\.org:3128\nhttps_proxy=http.*\nNO_PROXY=/,
  );
  expect(written['/etc/apt/apt.conf.d/95vhive-proxy']).toBe(
    'Acquire::http::Proxy::apt.example.org "DIRECT";\nAcquire::https::Proxy "http://proxy.example.org:3128";\nAcquire::https::Proxy::apt.example.org "DIRECT";\n',
  );
});

test('without a proxy the files go away', () => {
  expect(files({})).toEqual({ '/etc/vhive/proxy.env': 'absent', '/etc/apt/apt.conf.d/95vhive-proxy': 'absent' });
});

test('Knative’s controller, which asks registries, gets the variables; without a proxy it is left as it is', () => {
  const controller = (proxy: object) => servingPatches(context(proxy)).find(({ kind }) => kind === 'Deployment');
  expect(controller({ http })).toMatchObject({ name: 'controller', namespace: 'knative-serving' });
  expect(JSON.stringify(controller({ http }))).toContain('"name":"NO_PROXY"');
  expect(controller({})).toBeUndefined();
});

test.each(['proxy.example.org:3128', 'http://user:secret@proxy:1', 'socks5://proxy:1', 'http://proxy:1/path'])(
  '%s is no proxy for a cluster file',
  (address) => expect(clusterFile.safeParse({ proxy: { http: address } }).success).toBe(false),
);
