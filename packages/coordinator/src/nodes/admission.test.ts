import type { EnrolRequest, Facts } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { admit } from './admission.ts';
import { inNetwork, nodeAddress, normalAddress } from './node-address.ts';
import type { NodeRecord } from './node-record.ts';

const facts = (machineId: string, extra: Partial<Facts> = {}): Facts =>
  ({ machineId, interfaces: [], ...extra }) as Facts;

const request = (node: string, publicKey: string, machineId = 'host'): EnrolRequest => ({
  node,
  publicKey,
  sealingKey: 'X',
  proof: { nonce: '', at: '', signature: '' },
  agentVersion: '2',
  facts: facts(machineId),
});

const record = (changes: Partial<NodeRecord> = {}): NodeRecord => ({
  name: 'w1',
  publicKey: 'old',
  sealingKey: 'X',
  approved: true,
  address: '10.0.0.1',
  enrolledAt: '2026-01-01T00:00:00.000Z',
  agentVersion: '1',
  facts: facts('host'),
  artifactTokenHash: 'hash',
  jwtIssuedAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});

const admitTo = (before: NodeRecord | undefined, asked: EnrolRequest, authorised: boolean) =>
  admit(before === undefined ? [] : [before], before, asked, '10.0.0.9', authorised);

describe('admit', () => {
  it('takes a new node in, approved only when authorised', () => {
    expect(admitTo(undefined, request('w1', 'k'), true).record).toMatchObject({ approved: true, address: '10.0.0.9' });
    expect(admitTo(undefined, request('w1', 'k'), false).record.approved).toBe(false);
  });

  it('keeps approval and credentials of a known key', () => {
    const { record: after, replacesKey } = admitTo(record(), request('w1', 'old', 'other'), false);
    expect(after).toMatchObject({ approved: true, agentVersion: '2', artifactTokenHash: 'hash' });
    expect(after.enrolledAt).toBe(record().enrolledAt);
    expect(replacesKey).toBeUndefined();
    expect(admitTo(record({ approved: false }), request('w1', 'old'), true).record.approved).toBe(true);
  });

  it.each([
    // The first three columns say whether the node was approved before, whether the same host asks, and whether it has
    // a right to be let in. The last column says whether its new key replaces the earlier one.
    [true, true, true, true],
    [true, true, false, false],
    [true, false, true, false],
    [true, false, false, false],
    [false, true, false, true],
    [false, false, true, true],
    [false, false, false, false],
  ])(
    'another key: approved before %s, same host %s, authorised %s: replaced %s',
    (approved, same, authorised, replaced) => {
      const attempt = () => admitTo(record({ approved }), request('w1', 'new', same ? 'host' : 'other'), authorised);
      if (replaced)
        expect(attempt()).toMatchObject({ replacesKey: 'old', record: { publicKey: 'new', approved: authorised } });
      else expect(attempt).toThrow(/key|belongs to another host/);
    },
  );

  it('refuses a key that has another name, and a flood of pending nodes', () => {
    expect(() => admit([record()], undefined, request('w2', 'old'), '', true)).toThrow(/already enrolled as node w1/);
    const flood = Array.from({ length: 1000 }, (_, i) => record({ name: `n${i}`, publicKey: `${i}`, approved: false }));
    expect(() => admit(flood, undefined, request('w2', 'k'), '', false)).toThrow(/wait for approval already/);
    expect(admit(flood, undefined, request('w2', 'k'), '', true).record.approved).toBe(true);
  });
});

describe('addresses', () => {
  const cards = facts('host', {
    defaultAddress: '192.0.2.7',
    interfaces: [
      { name: 'eth0', mac: '', up: true, addresses: ['192.0.2.7/24', 'fe80::1/64'] },
      { name: 'eth1', mac: '', up: false, addresses: ['10.1.0.6/16'] },
      { name: 'eth2', mac: '', up: true, addresses: ['10.1.0.7/16'] },
    ],
  });

  it('prefer the chosen LAN, then where the enrolment came from, unless that is loopback', () => {
    expect(nodeAddress(cards, '192.0.2.7', '10.1.0.0/16')).toBe('10.1.0.7');
    expect(nodeAddress(cards, '198.51.100.1', '172.16.0.0/12')).toBe('198.51.100.1');
    expect(nodeAddress(cards, '127.0.0.1', undefined)).toBe('192.0.2.7');
    expect(nodeAddress(facts('x'), '127.0.0.1', undefined)).toBe('127.0.0.1');
  });

  it('match networks of their own family only', () => {
    expect(inNetwork('10.1.2.3', '10.0.0.0/8')).toBe(true);
    expect(inNetwork('::ffff:10.1.2.3', '10.0.0.0/8')).toBe(true);
    expect(inNetwork('fd00::1', '10.0.0.0/8')).toBe(false);
    expect(inNetwork('fd00::1', 'fd00::/8')).toBe(true);
    expect([inNetwork('nonsense', '10.0.0.0/8'), inNetwork('10.0.0.1', 'eth0')]).toEqual([false, false]);
    expect(normalAddress('::ffff:10.1.2.3')).toBe('10.1.2.3');
  });
});
