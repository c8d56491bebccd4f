import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeSubnet, hostAddress, labSubnets, overlaps } from './subnet.ts';

describe('overlaps', () => {
  it.each([
    ['10.77.0.0/24', '10.77.0.0/24', true],
    ['10.77.0.0/24', '10.77.0.128/25', true],
    ['10.77.0.0/24', '10.64.0.0/10', true],
    ['10.77.0.0/24', '10.77.0.9', true],
    ['10.77.0.0/24', '0.0.0.0/0', true],
    ['10.77.0.0/24', '10.77.1.0/24', false],
    ['10.77.0.0/24', '10.76.255.255', false],
    ['255.255.255.0/24', '0.0.0.0/8', false],
    // The host bits of a range that is written carelessly are ignored.
    ['10.77.0.17/24', '10.77.0.0/28', true],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected);
    expect(overlaps(other, one)).toBe(expected);
  });
});

describe('freeSubnet', () => {
  it('takes the first when no route leads there', () => {
    expect(freeSubnet(['192.0.2.0/24', '127.0.0.0/8', '172.17.0.0/16'])).toBe('10.77.0.0/24');
  });

  it('goes round what is taken', () => {
    expect(freeSubnet(['10.77.0.0/24', '10.77.1.0/25', '10.77.2.7'])).toBe('10.77.3.0/24');
    expect(freeSubnet(['10.77.0.0/16'])).toBe('10.87.0.0/24');
  });

  it('finds none when all are taken', () => {
    expect(freeSubnet(['10.0.0.0/8'])).toBeUndefined();
  });

  it('never gives one that a route leads into', () => {
    const route = fc
      .tuple(fc.ipV4(), fc.integer({ min: 8, max: 32 }))
      .map(([address, length]) => `${address}/${length}`);
    const near = fc.tuple(fc.constantFrom(...labSubnets), fc.integer({ min: 13, max: 30 })).map(([subnet, length]) => {
      return subnet.replace('/24', `/${length}`);
    });
    return fc.assert(
      fc.property(fc.array(fc.oneof(route, near)), (routes) => {
        const subnet = freeSubnet(routes);
        expect(routes.some((one) => subnet !== undefined && overlaps(one, subnet))).toBe(false);
      }),
    );
  });
});

it('does not offer what clusters use inside by default', () => {
  const used = ['10.96.0.0/12', '10.244.0.0/16', '192.168.0.0/16', '172.16.0.0/12', '10.168.0.0/16', '10.200.0.0/16'];
  expect(labSubnets.filter((subnet) => used.some((range) => overlaps(subnet, range)))).toEqual([]);
});

it('counts addresses from the start of the network', () => {
  expect(hostAddress('10.77.3.0/24', 1)).toBe('10.77.3.1');
  expect(hostAddress('10.77.3.0/24', 210)).toBe('10.77.3.210');
});
