import type { EnrolRequest, Facts } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { admit, type Right } from './admission.ts';
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
  onCoordinator: false,
  ...changes,
});

const admitTo = (before: NodeRecord | undefined, asked: EnrolRequest, right: Right, here = false) =>
  admit(before === undefined ? [] : [before], before, asked, { address: '10.0.0.9', right, here });

const rights: Right[] = ['none', 'general', 'bound'];

describe('admit', () => {
  it('takes a new node in, approved only when it has a right to be', () => {
    for (const right of rights)
      for (const here of [true, false])
        expect(admitTo(undefined, request('w1', 'k'), right, here)).toMatchObject({
          admitted: true,
          record: { approved: right !== 'none', address: '10.0.0.9', onCoordinator: here },
        });
  });

  it('keeps approval and credentials of a known key', () => {
    const kept = admitTo(record(), request('w1', 'old'), 'none');
    expect(kept).toMatchObject({
      admitted: true,
      record: { approved: true, agentVersion: '2', artifactTokenHash: 'hash', enrolledAt: record().enrolledAt },
    });
    expect(kept).not.toHaveProperty('replacesKey');
    const approved = admitTo(record({ approved: false }), request('w1', 'old'), 'general');
    expect(approved).toMatchObject({ admitted: true, record: { approved: true } });
  });

  it.each<[NodeRecord, Right, 'here' | 'elsewhere', boolean]>([
    // A machine id can be read by every user of a host, so the same one changes nothing.
    [record(), 'none', 'elsewhere', false],
    [record(), 'general', 'elsewhere', false],
    [record(), 'bound', 'elsewhere', true],
    [record(), 'general', 'here', false],
    [record({ onCoordinator: true }), 'general', 'elsewhere', false],
    [record({ onCoordinator: true }), 'none', 'here', false],
    [record({ onCoordinator: true }), 'general', 'here', true],
    [record({ approved: false }), 'none', 'here', false],
    [record({ approved: false }), 'general', 'elsewhere', true],
    [record({ approved: false }), 'bound', 'elsewhere', true],
  ])('another key for %o with right %s, from %s: replaced %s', (before, right, where, replaced) => {
    for (const machineId of ['host', 'other', ''])
      expect(admitTo(before, request('w1', 'new', machineId), right, where === 'here')).toMatchObject(
        replaced
          ? { admitted: true, replacesKey: 'old', record: { publicKey: 'new', approved: true } }
          : // An operator may still approve that very key.
            { admitted: false, record: { publicKey: 'new', approved: true } },
      );
  });

  it('names both machines of a copied key, and never advises to remove the node', () => {
    for (const node of ['w1', 'w2'])
      for (const right of rights) {
        const copy = admit([record()], node === 'w1' ? record() : undefined, request(node, 'old', 'copy'), {
          address: '10.0.0.9',
          right,
          here: false,
        });
        expect(copy).toMatchObject({ admitted: false });
        expect(copy).not.toHaveProperty('record');
        const text = JSON.stringify(copy);
        for (const part of ['10.0.0.1', '10.0.0.9', 'machine id host', 'has copy']) expect(text).toContain(part);
        expect(text).not.toContain('nodes remove');
      }
    expect(admitTo(undefined, request('w2', 'old'), 'general')).toMatchObject({ admitted: true });
    expect(
      admit([record()], undefined, request('w2', 'old'), { address: '', right: 'general', here: false }),
    ).toMatchObject({
      admitted: false,
      message: expect.stringContaining('already enrolled as node w1'),
    });
  });

  it('lets few wait from one address, few in all, and none that tells novels', () => {
    const waiting = (count: number, address: (index: number) => string) =>
      Array.from({ length: count }, (_, i) =>
        record({ name: `n${i}`, publicKey: `${i}`, approved: false, address: address(i) }),
      );
    const asks = (all: NodeRecord[], right: Right, from: string, asked = request('w2', 'k')) =>
      admit(all, undefined, asked, { address: from, right, here: false });
    const oneHost = waiting(16, () => '10.0.0.7');
    expect(asks(oneHost, 'none', '10.0.0.7')).toMatchObject({
      message: '16 nodes from 10.0.0.7 wait for approval already',
    });
    expect(asks(oneHost, 'none', '10.0.0.8')).toMatchObject({ admitted: true });
    expect(asks(oneHost, 'general', '10.0.0.7')).toMatchObject({ admitted: true });
    const oneNetwork = waiting(16, (i) => `2001:db8:0:1::${i}`);
    expect(asks(oneNetwork, 'none', '2001:db8:0:1:ffff::1')).toMatchObject({ admitted: false });
    expect(asks(oneNetwork, 'none', '2001:db8:0:2::1')).toMatchObject({ admitted: true });
    const many = waiting(256, (i) => `10.0.${i}.1`);
    expect(asks(many, 'none', '10.1.0.1')).toMatchObject({ message: '256 nodes wait for approval already' });
    expect(asks(many, 'general', '10.1.0.1')).toMatchObject({ admitted: true });
    const novel = { ...request('w2', 'k'), facts: facts('host', { hostname: 'x'.repeat(20_000) }) };
    expect(asks([], 'none', '10.1.0.1', novel)).toMatchObject({ admitted: false });
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
    expect(nodeAddress(facts('x', { defaultAddress: '10.0.0.1\nExec=x' }), '127.0.0.1', undefined)).toBe('127.0.0.1');
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
