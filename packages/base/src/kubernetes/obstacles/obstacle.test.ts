import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHold, type Obstacle } from './obstacle.ts';

const HOLD_MS = 30_000;
const final = (key: string): Obstacle => ({ line: `${key} is stuck`, final: { key, holdMs: HOLD_MS, hint: '' } });

it('says that an obstacle lasts exactly when it was there without a break for as long as it takes, or longer where a node is slow', () => {
  const look = fc.record({ a: fc.boolean(), b: fc.boolean(), afterMs: fc.integer({ min: 1, max: 15_000 }) });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (looks, patience) => {
      const hold = createHold(patience);
      const since: { a?: number | undefined; b?: number | undefined } = {};
      let now = 0;
      for (const { a, b, afterMs } of looks) {
        now += afterMs;
        since.a = a ? (since.a ?? now) : undefined;
        since.b = b ? (since.b ?? now) : undefined;
        const lasting = hold([...(a ? [final('a')] : []), ...(b ? [final('b')] : []), { line: 'passing' }], now);
        const due = (['a', 'b'] as const).find((key) => now - (since[key] ?? now) >= HOLD_MS * patience);
        expect(lasting?.line).toBe(due && `${due} is stuck`);
      }
    }),
  );
});
