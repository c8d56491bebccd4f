import type { Facts, Heartbeat } from '@vhive/shared';
import { expect, it } from 'vitest';
import { instances } from './instances.ts';

const factsOf = (hostname: string, machineId = 'm'): Facts =>
  ({ hostname, machineId, interfaces: [{ name: 'e', mac: '', up: true, addresses: [`${hostname}/24`] }] }) as never;
const beat = (bootId: string, facts?: Facts): Heartbeat => ({ bootId, facts }) as never;

it('takes an agent that was started again, and again', () => {
  const list = instances();
  const enrolled = factsOf('10.0.0.1');
  for (const bootId of ['a', 'a', 'b', 'b', 'c'])
    expect(list.seen('w1', beat(bootId), enrolled)).toEqual({ right: true });
});

it('refuses the second of two living processes, and names both', () => {
  const list = instances();
  const enrolled = factsOf('10.0.0.1');
  list.seen('w1', beat('first', factsOf('10.0.0.1')), enrolled);
  list.seen('w1', beat('copy', factsOf('10.0.0.2')), enrolled);
  expect(list.seen('w1', beat('first'), enrolled)).toEqual({ right: true });
  const verdict = list.seen('w1', beat('copy'), enrolled);
  expect(verdict).toMatchObject({ right: false, message: expect.stringMatching(/10\.0\.0\.1.*10\.0\.0\.2.*second/) });
  expect(JSON.stringify(verdict)).not.toContain('nodes remove');
  expect(list.seen('w1', beat('first'), enrolled)).toEqual({ right: true });
  // The first may be started again; the copy stays refused.
  expect(list.seen('w1', beat('again', factsOf('10.0.0.1')), enrolled)).toEqual({ right: true });
  expect(list.seen('w1', beat('copy'), enrolled).right).toBe(false);
});

it('refuses another machine at its first word', () => {
  const list = instances();
  const enrolled = factsOf('10.0.0.1', 'one');
  const verdict = list.seen('w1', beat('copy', factsOf('10.0.0.2', 'two')), enrolled);
  expect(verdict).toMatchObject({ right: false, message: expect.stringMatching(/10\.0\.0\.1.*one.*10\.0\.0\.2.*two/) });
  expect(list.seen('w1', beat('first', enrolled), enrolled)).toEqual({ right: true });
});
