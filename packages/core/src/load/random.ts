import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The next of a sequence of random numbers, from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** Makes a sequence of random numbers. The same seed, a whole number of 32 bits, gives the same sequence everywhere. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** Mixes a seed with a purpose, so that each purpose has numbers of its own (FNV-1a: RFC 9923). */
export function seedFor(seed: number, purpose: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const letter of purpose) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
