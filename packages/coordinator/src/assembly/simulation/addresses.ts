import { createHash } from 'node:crypto';

/**
 * The address of simulated machine `number` (from 1 to 5,000). It is a loopback address, so that connections between
 * the machines are real. The range depends on the directory, so that two simulations on one host do not get in each
 * other's way.
 */
export function addressOf(directory: string, number: number): string {
  const [second = 0, third = 0] = createHash('sha256').update(directory).digest();
  return `127.${16 + (second % 224)}.${(third % 230) + Math.floor(number / 250)}.${(number % 250) + 1}`;
}
