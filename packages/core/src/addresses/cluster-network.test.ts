import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleNode } from '../plan/example-input.fixture.ts';
import { chooseNetwork } from './cluster-network.ts';

interface Cards {
  [name: string]: string;
}

/** Makes a node that came by that address and has these interfaces. */
function node(name: string, address: string, cards: Cards, more: { local?: boolean; down?: string } = {}) {
  const interfaces = Object.entries(cards).map(([card, text]) => ({
    ...{ name: card, mac: '', up: card !== more.down },
    addresses: [text],
  }));
  return { ...exampleNode(name, 0, { interfaces }), address, local: more.local ?? false };
}

/** A machine of a testbed: a control network, by which its default route leads, and an experiment LAN. */
const testbed = (number: number, came: 'control' | 'lan', more: { local?: boolean; down?: string } = {}) =>
  node(
    `n${number}`,
    came === 'control' ? `128.110.1.${number}` : `10.10.1.${number}`,
    {
      ...{ eno1: `128.110.1.${number}/22`, eno2: `10.10.1.${number}/24`, docker0: '172.17.0.1/16' },
    },
    more,
  );

const addresses = ({ nodes }: { nodes: { address: string }[] }) => nodes.map(({ address }) => address);

test('the master follows the workers to the network by which they came, and this is said', () => {
  const chosen = chooseNetwork([testbed(1, 'control', { local: true }), testbed(2, 'lan'), testbed(3, 'lan')]);
  expect(addresses(chosen)).toEqual(['10.10.1.1', '10.10.1.2', '10.10.1.3']);
  expect(chosen.findings).toMatchObject([
    {
      check: 'network',
      level: 'warning',
      message: expect.stringMatching(/10\.10\.1\.0\/24.*also on 128\.110\.0\.0\/22/),
      hint: expect.stringContaining('--lan 128.110.0.0/22'),
    },
  ]);
});

test('workers that came over different networks are refused with the choice', () => {
  expect(() => chooseNetwork([testbed(1, 'lan', { local: true }), testbed(2, 'lan'), testbed(3, 'control')])).toThrow(
    expect.objectContaining({
      code: 'preflight',
      message: expect.stringContaining('128.110.0.0/22 and 10.10.1.0/24'),
      hint: '--lan 128.110.0.0/22 or --lan 10.10.1.0/24',
    }),
  );
});

test('one network: nothing is said, and every node keeps its address', () => {
  const nodes = [1, 2, 3].map((number) => node(`n${number}`, `10.0.0.${number}`, { eth0: `10.0.0.${number}/24` }));
  expect(chooseNetwork(nodes)).toEqual({ nodes, findings: [] });
});

test('only one network is common: nodes that came by another one get their address on it', () => {
  const master = node('n1', '192.0.2.1', { eth0: '192.0.2.1/24', eth1: '10.0.0.1/24' });
  const worker = node('n2', '10.0.0.2', { eth0: '10.0.0.2/24' });
  expect(addresses(chooseNetwork([master, worker]))).toEqual(['10.0.0.1', '10.0.0.2']);
});

test('networks that each host has for itself are none between hosts', () => {
  const nodes = [1, 2].map((number) =>
    node(`n${number}`, `10.0.0.${number}`, { eth0: `10.0.0.${number}/24`, virbr0: '192.168.122.1/24' }),
  );
  expect(chooseNetwork(nodes).findings).toEqual([]);
});

test('no common network: the addresses stay, and this is said', () => {
  const nodes = [1, 2].map((number) => node(`n${number}`, `10.0.${number}.5`, { eth0: `10.0.${number}.5/24` }));
  const chosen = chooseNetwork(nodes);
  expect(chosen.nodes).toEqual(nodes);
  expect(chosen.findings).toMatchObject([
    { level: 'warning', message: expect.stringContaining('n1 10.0.1.5, n2 10.0.2.5') },
  ]);
});

test('--lan: every node gets its address on it, its own before others', () => {
  const nodes = [testbed(1, 'lan', { local: true }), testbed(2, 'lan')];
  expect(addresses(chooseNetwork(nodes, '128.110.0.0/22'))).toEqual(['128.110.1.1', '128.110.1.2']);
  const two = node('n1', '10.0.0.9', { eth0: '10.0.0.1/24', eth1: '10.0.0.9/24' });
  expect(addresses(chooseNetwork([two], '10.0.0.0/24'))).toEqual(['10.0.0.9']);
});

test.each([
  ['that no node is on', '10.99.0.0/24', /no node has an address on --lan 10\.99\.0\.0\/24/],
  ['whose card is down on one', '10.10.1.0/24', /n2 is not on it \(128\.110\.1\.2\/22\)/],
])('a --lan %s is refused, and the common networks are named', (_what, lan, message) => {
  const nodes = [testbed(1, 'lan'), testbed(2, 'control', { down: 'eno2' })];
  expect(() => chooseNetwork(nodes, lan)).toThrow(
    expect.objectContaining({
      code: 'preflight',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('128.110.0.0/22'),
    }),
  );
});

test('a --lan of IPv6 is refused; nodes that came over IPv6 get an IPv4 address where they have one', () => {
  expect(() => chooseNetwork([testbed(1, 'lan')], '2001:db8:10::/64')).toThrow(/IPv4/);
  const both = node('n1', '2001:db8::1', { eth0: '10.0.0.1/24' });
  expect(addresses(chooseNetwork([both]))).toEqual(['10.0.0.1']);
  const six = node('n1', '2001:db8::1', { eth0: '2001:db8::1/64' });
  expect(addresses(chooseNetwork([six]))).toEqual(['2001:db8::1']);
});

test('loopback is a network like others, as a simulation has it', () => {
  const nodes = [1, 2].map((number) => node(`n${number}`, `127.30.0.${number}`, { eth0: `127.30.0.${number}/8` }));
  expect(chooseNetwork(nodes)).toEqual({ nodes, findings: [] });
});

test('whatever the cards: all addresses are on one network, or each node keeps its own, or it is refused', () => {
  const card = fc.record({ net: fc.integer({ min: 0, max: 3 }), host: fc.integer({ min: 1, max: 250 }) });
  fc.assert(
    fc.property(fc.array(fc.array(card, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 5 }), (hosts) => {
      const nodes = hosts.map((cards, index) => {
        const texts = cards.map(({ net, host }) => `10.0.${net}.${host}`);
        const named = Object.fromEntries(texts.map((text, number) => [`eth${number}`, `${text}/24`]));
        return node(`n${index}`, texts[0] ?? '', named, { local: index === 0 });
      });
      try {
        const after = chooseNetwork(nodes).nodes;
        const networks = new Set(after.map(({ address }) => address.split('.')[2]));
        const kept = after.every(({ address }, index) => address === nodes[index]?.address);
        expect(networks.size === 1 || kept).toBe(true);
        for (const { address, facts } of after)
          expect(facts.interfaces.flatMap(({ addresses: own }) => own)).toContain(`${address}/24`);
      } catch (error) {
        expect(error).toMatchObject({ code: 'preflight' });
      }
    }),
  );
});
