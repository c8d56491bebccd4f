import { exampleNode } from '@vhive/core/plan/example-input.fixture';
import type { NodeView } from '@vhive/shared';
import { expect, it } from 'vitest';
import { imageServer } from './image-server.ts';

const node = (name: string, { local = false, simulated = false } = {}) =>
  ({ ...exampleNode(name, Number(name.slice(1)), { simulated }), local }) as unknown as NodeView;
const serving = {
  options: { stateDir: '/var/lib/vhive-coord', httpsPort: 7443 },
  caPem: 'the CA',
  programs: '/opt/vhive/bin',
};

it('is a service on the coordinator’s host, with the coordinator after it', () => {
  expect(imageServer([node('n1', { local: true }), node('n2')], '/srv/mirror/', serving)).toEqual({
    urls: ['https://10.10.0.2:7444', 'https://10.10.0.2:7443'],
    ca: 'the CA',
    service: {
      node: 'n1',
      command: [
        ...['/opt/vhive/bin/vhive-coord', 'serve-images', '--state-dir', '/var/lib/vhive-coord'],
        ...['--https-port', '7443', '--mirror', '/srv/mirror'],
      ],
    },
  });
});

it.each([
  ['goes on itself', [node('n1', { local: true })], { ...serving, options: { ...serving.options, service: true } }],
  ['has simulated hosts', [node('n1', { local: true, simulated: true })], serving],
  ['does not know its program', [node('n1', { local: true })], { ...serving, programs: undefined }],
])('is the coordinator alone where it %s', (_, nodes, given) => {
  const { urls, service } = imageServer(nodes, 'http://mirror.example', given);
  expect([urls, service]).toEqual([['https://10.10.0.2:7443'], undefined]);
});

it('is the coordinator alone where no node is on its host, at an address of this host', () => {
  const { urls, service } = imageServer([node('n1')], '/srv/mirror', serving);
  expect(service).toBeUndefined();
  expect(urls).toEqual([expect.stringMatching(/^https:\/\/(?!10\.10\.)[\w.:[\]]+:7443$/)]);
});
