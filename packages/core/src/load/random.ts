import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** The next of a sequence of random numbers, from 0 (included) to 1 (excluded). */
export type Random = () => number;

/**
 * Makes a sequence of random numbers. The same seed, a whole number of 32 bits, gives the same sequence everywhere.
 *
 * The state comes from another generator. Begun with the seed alone, xoroshiro gives nearly the seed again at first, so
 * that the first arrival of a small seed came after the longest pause of all, and seeds that follow each other were alike.
 */
export function seededRandom(seed: number): Random {
  const start = mersenne(seed);
  const generator = xoroshiro128plusFromState([start.next(), start.next(), start.next(), start.next()]);
  return () => uniformFloat64(generator);
}

/** Mixes a seed with a purpose, so that each purpose has numbers of its own (FNV-1a: RFC 9923). */
export function seedFor(seed: number, purpose: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const letter of purpose) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
