import { expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';

it('doubles up to the longest pause, half of it by chance, and begins anew after a success', () => {
  const backoff = createBackoff({ firstMs: 100, longestMs: 1_000 });
  const isHalfToWholeOf = (whole: number) => {
    const ms = backoff.nextMs();
    expect(ms).toBeGreaterThanOrEqual(whole / 2);
    expect(ms).toBeLessThan(whole);
  };
  for (const whole of [100, 200, 400, 800, 1_000, 1_000]) isHalfToWholeOf(whole);
  for (let many = 0; many < 2_000; many += 1) backoff.nextMs();
  isHalfToWholeOf(1_000);
  backoff.reset();
  isHalfToWholeOf(100);
});
