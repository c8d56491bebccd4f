import { expect, it } from 'vitest';
import { parseRange } from './ranges.ts';
import { reservedIn } from './reserved-ranges.ts';

it.each([
  ['127.0.0.0/8', /loopback/],
  ['127.29.216.0/24', /loopback/],
  ['224.0.0.0/16', /multicast/],
  ['239.255.0.0/24', /multicast/],
  ['250.0.0.0/8', /reserved/],
  ['255.255.255.255/32', /reserved/],
  ['0.0.0.0/8', /no host/],
  ['0.0.0.0/0', /no host/],
  ['169.254.8.0/24', /link-local/],
])('%s has addresses that no host can have', (text, what) => {
  const range = parseRange(text);
  expect(range && reservedIn(range)).toMatch(what);
});

it.each([
  '10.244.0.0/16',
  '100.64.0.0/10',
  '172.17.0.0/16',
  '190.128.0.0/10',
  '191.128.0.0/10',
  '192.168.1.240/28',
  '203.0.113.0/24',
])('%s has none', (text) => {
  const range = parseRange(text);
  expect(range).toBeDefined();
  expect(range && reservedIn(range)).toBeUndefined();
});
