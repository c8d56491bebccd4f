import { DEFAULT_HTTPS_PORT } from '@vhive/shared';
import { expect, it } from 'vitest';
import { formatCoordinatorAddress, parseCoordinatorAddress } from './coordinator-address.ts';

it.each([
  ['10.0.0.1', { host: '10.0.0.1', port: DEFAULT_HTTPS_PORT }],
  ['10.0.0.1:8443', { host: '10.0.0.1', port: 8443 }],
  ['master.lan', { host: 'master.lan', port: DEFAULT_HTTPS_PORT }],
  ['fd00::1', { host: 'fd00::1', port: DEFAULT_HTTPS_PORT }],
  ['[fd00::1]:8443', { host: 'fd00::1', port: 8443 }],
])('reads %s', (text, address) => {
  expect(parseCoordinatorAddress(text)).toEqual(address);
  expect(parseCoordinatorAddress(formatCoordinatorAddress(address))).toEqual(address);
});

it.each(['', 'a b', 'https://10.0.0.1', '10.0.0.1:0', '10.0.0.1:70000', '10.0.0.1:port'])('refuses %j', (text) => {
  expect(() => parseCoordinatorAddress(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});
