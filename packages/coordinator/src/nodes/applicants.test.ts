import { nkeyFingerprint } from '@vhive/base/nkey/fingerprint';
import { beforeEach, expect, it } from 'vitest';
import { type Applicant, type Applicants, applicants } from './applicants.ts';
import type { NodeRecord } from './node-record.ts';

let now = 0;
let list: Applicants;
beforeEach(() => {
  now = 0;
  list = applicants(() => now);
});

const one = (node: string, publicKey: string, changes: Partial<Applicant> = {}): Applicant => ({
  ...{ node, publicKey, address: '10.0.0.9', hostname: 'h', message: 'no', hint: 'do' },
  ...changes,
});
const record = { name: 'w1' } as NodeRecord;

it('shows who was refused once, newest first, and hands out only what can be approved, by its key', () => {
  expect(list.note(one('w1', 'a', { record }))).toBe(true);
  now = 1;
  expect(list.note(one('w2', 'b'))).toBe(true);
  expect(list.note(one('w2', 'b'))).toBe(false);
  expect(list.note(one('w2', 'b', { message: 'other' }))).toBe(true);
  expect(list.views()).toMatchObject([
    { node: 'w2', key: nkeyFingerprint('b'), approvable: false, message: 'other' },
    { node: 'w1', key: nkeyFingerprint('a'), approvable: true, address: '10.0.0.9', hostname: 'h' },
  ]);
  expect(list.approvable('w1', nkeyFingerprint('a'))).toBe(record);
  expect(list.approvable('w1', nkeyFingerprint('b'))).toBeUndefined();
  expect(list.approvable('w2', nkeyFingerprint('a'))).toBeUndefined();
});

it('forgets who no longer asks, and who was let in', () => {
  list.note(one('w1', 'a'));
  now = 4 * 60_000;
  list.note(one('w2', 'b'));
  now = 6 * 60_000;
  expect(list.views().map(({ node }) => node)).toEqual(['w2']);
  expect(list.forget('w2', 'x')).toBe(false);
  expect(list.forget('w2', 'b')).toBe(true);
  expect(list.views()).toEqual([]);
});

it('has room for few of one name, of one address, and in all', () => {
  for (let i = 0; i < 10; i++) list.note(one('w1', `${i}`, { address: `10.0.${i}.1` }));
  expect(list.views()).toHaveLength(4);
  for (let i = 0; i < 100; i++) list.note(one(`n${i}`, 'k'));
  expect(list.views()).toHaveLength(20);
  for (let i = 0; i < 1000; i++) list.note(one(`m${i}`, 'k', { address: `10.1.${i % 250}.${i % 7}` }));
  expect(list.views()).toHaveLength(256);
});
