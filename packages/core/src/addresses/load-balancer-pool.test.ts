import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleNode } from '../plan/example-input.fixture.ts';
import { DEFAULT_POOL, inPool, loadBalancerPool, parsePool, poolOverlaps, poolWithin } from './load-balancer-pool.ts';
import { parseRange, type Range } from './ranges.ts';

const range = (text: string): Range => {
  const parsed = parseRange(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

/** Makes a node with one interface. */
function node(address: string, prefix: number) {
  return {
    ...exampleNode('n1', 0, {
      interfaces: [{ name: 'eth1', mac: '02:00:00:00:00:01', up: true, addresses: [`${address}/${prefix}`] }],
    }),
    address,
  };
}
const choose = (address: string, prefix: number, others: string[] = [], avoid: string[] = []) => {
  const all = [node(address, prefix), ...others.map((other) => node(other, prefix))];
  return loadBalancerPool(undefined, node(address, prefix), all, avoid);
};

describe('the pool of the load balancer', () => {
  it.each([
    [
      'what is asked for',
      loadBalancerPool('10.200.3.4-10.200.3.24', node('10.10.1.1', 24), []),
      '10.200.3.4-10.200.3.24',
    ],
    ['the guides’ in their LAN', choose('192.168.1.10', 24), DEFAULT_POOL],
    ['the end of another private LAN', choose('10.10.1.1', 24), '10.10.1.240-10.10.1.250'],
    ['clear of nodes', choose('10.10.1.1', 24, ['10.10.1.245']), '10.10.1.234-10.10.1.244'],
    ['in a small LAN less', choose('10.0.0.1', 28, ['10.0.0.2']), '10.0.0.3-10.0.0.10'],
    ['nothing of a public LAN', choose('128.110.1.7', 21), DEFAULT_POOL],
    ['clear of pods', choose('10.10.1.1', 24, [], ['10.10.1.248/29']), '10.10.1.237-10.10.1.247'],
  ])('is %s', (_, chosen, wanted) => expect(chosen).toBe(wanted));

  it('chosen in a private LAN lies in it, on no node and not at its broadcast address', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 27 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
        (prefix, hosts) => {
          const addresses = hosts.map((host) => `10.10.0.${host}`);
          const [first = ''] = addresses;
          const pool = parsePool(choose(first, prefix, addresses));
          if (pool === undefined) throw new Error('no pool');
          if (pool.text === DEFAULT_POOL) return;
          expect(poolWithin(pool, range(`10.10.0.0/${prefix}`))).toBe(true);
          for (const address of addresses) expect(inPool(pool, address)).toBe(false);
        },
      ),
    );
  });
});

describe('a pool', () => {
  it.each(['10.0.0.9-10.0.0.3', '10.0.0.1', '10.0.0.300-10.0.0.301', '10.0.0.1-10.0.0.2-10.0.0.3'])(
    '%s is none',
    (text) => expect(parsePool(text)).toBeUndefined(),
  );

  it('overlaps with what it shares an address with', () => {
    const pool = parsePool('192.168.1.240-192.168.1.250');
    if (pool === undefined) throw new Error('no pool');
    expect(poolOverlaps(pool, range('192.168.0.0/16'))).toBe(true);
    expect(poolOverlaps(pool, range('192.168.1.248/29'))).toBe(true);
    expect(poolOverlaps(pool, range('192.168.1.251/32'))).toBe(false);
  });
});
