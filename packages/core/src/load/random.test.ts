import { expect, it } from 'vitest';
import { type Random, seededRandom, seedFor } from './random.ts';

const SEEDS = 10_000;
/** Four standard deviations of the mean of so many numbers between 0 and 1. */
const TOLERANCE = (4 * Math.sqrt(1 / 12)) / Math.sqrt(SEEDS);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);

it.each([1, 2, 3, 10])('the number %i of a sequence is a matter of chance for seeds that follow each other', (nth) => {
  const draw = (random: Random) => Array.from({ length: nth }, random).at(-1) ?? 0;
  const numbers = seeds.map((seed) => draw(seededRandom(seed)));
  expect(Math.abs(mean(numbers) - 0.5)).toBeLessThan(TOLERANCE);
  for (const tenth of Array.from({ length: 10 }, (_, index) => index / 10)) {
    const share = numbers.filter((one) => one >= tenth && one < tenth + 0.1).length / SEEDS;
    expect(Math.abs(share - 0.1)).toBeLessThan((4 * Math.sqrt(0.09)) / Math.sqrt(SEEDS));
  }
  const together = numbers.slice(1).map((one, index) => (one - 0.5) * ((numbers[index] ?? 0) - 0.5));
  expect(Math.abs(mean(together))).toBeLessThan(4 / 12 / Math.sqrt(SEEDS));
});

it('each purpose has numbers of its own', () => {
  const first = seeds.slice(0, 1000).map((seed) => seededRandom(seedFor(seed, 'one'))());
  const other = seeds.slice(0, 1000).map((seed) => seededRandom(seedFor(seed, 'other'))());
  expect(new Set([...first, ...other]).size).toBe(2000);
});
