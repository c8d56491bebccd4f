import { expect, it } from 'vitest';
import { agentCommand, ownAddress } from './own-address.ts';

const address = (ip: string, internal = false) => {
  return { address: ip, family: 'IPv4' as const, internal, netmask: '', mac: '', cidr: null };
};
const interfaces = { lo: [address('127.0.0.1', true)], eth0: [address('203.0.113.5')], eth1: [address('10.10.1.7')] };

it.each([
  ['the node registry knows it', [{ local: true, address: '10.10.1.9' }], undefined, '10.10.1.9'],
  ['it is in the LAN range', [{ local: true, address: '127.0.0.1' }], '10.10.1.0/24', '10.10.1.7'],
  ['it is of the LAN interface', [], 'eth1', '10.10.1.7'],
  ['it is the first', [{ local: false, address: '10.10.1.8' }], undefined, '203.0.113.5'],
])('finds the address others reach this host by: %s', (_why, nodes, lan, expected) =>
  expect(ownAddress(nodes, interfaces, lan)).toBe(expected),
);

it('names the port only where it is not the usual one', () => {
  expect(agentCommand('10.0.0.1', 'https://127.0.0.1:7443')).toBe('vhive-agent install --coordinator 10.0.0.1');
  expect(agentCommand('10.0.0.1', 'https://127.0.0.1:9443')).toBe('vhive-agent install --coordinator 10.0.0.1:9443');
});
