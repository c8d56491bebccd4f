import { type Facts, reportedFacts } from '@vhive/shared';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitFacts } from './fit-facts.ts';
import { gatherFacts } from './index.ts';

const link = (name: string, addresses: string[] = []) => ({ name, mac: '', up: true, addresses });

test('the facts of this machine are taken as they are', async () => {
  const facts = await gatherFacts();
  expect(reportedFacts.parse(facts)).toEqual(facts);
});

test('whatever a host is called and has, its facts are taken', async () => {
  const facts = await gatherFacts();
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  const address = fc.ipV4().map((ip) => `${ip}/24`);
  const host = fc.record({
    ...{ machineId: text, hostname: text, kernel: text, os: fc.record({ id: text, version: text, name: text }) },
    disks: fc.array(fc.record({ name: text, bytes: fc.nat() })),
    interfaces: fc.array(
      fc.record({ name: text, mac: text, up: fc.boolean(), addresses: fc.array(address, { maxLength: 40 }) }),
    ),
  });
  fc.assert(
    fc.property(host, (changes) => {
      const fitted: Facts = fitFacts({ ...facts, ...changes });
      expect(reportedFacts.parse(fitted)).toEqual(fitted);
    }),
  );
});

test('of thousands of interfaces, those with an address stay', async () => {
  const many = Array.from({ length: 3_000 }, (_, index) => link(`tap${index}`));
  const fitted = fitFacts({ ...(await gatherFacts()), interfaces: [...many, link('eth0', ['10.0.0.1/8'])] });
  expect(reportedFacts.parse(fitted).interfaces.at(-1)).toEqual(link('eth0', ['10.0.0.1/8']));
});
