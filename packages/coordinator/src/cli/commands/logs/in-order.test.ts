import type { LogLine } from '@vhive/shared';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

const BEGIN = Date.parse('2026-03-01T10:00:00.000Z');
const lineAt = (milliseconds: number, node: string): LogLine => ({
  ...{ at: new Date(BEGIN + milliseconds).toISOString(), runId: 'r', node, phase: 'p', stepId: 's', attemptId: 'a' },
  ...{ taskId: 't', stream: 'stdout', text: `${node} ${milliseconds}` },
});
async function* from(lines: readonly LogLine[]) {
  yield* lines;
}
const timesOf = async (lines: AsyncIterable<LogLine>) => (await Array.fromAsync(lines)).map(({ at }) => at);

it('gives the lines of several nodes by time, though each sends its own in batches', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(60_000), late: fc.nat(2_900) }), { maxLength: 60 }),
      async (sent) => {
        const arrivals = sent.toSorted((a, b) => a.at + a.late - b.at - b.late);
        const times = await timesOf(inOrder(from(arrivals.map(({ at }, index) => lineAt(at, `n${index % 3}`)))));
        expect(times).toEqual(times.toSorted());
        expect(times).toHaveLength(sent.length);
      },
    ),
  ));

it('holds nothing back when nothing more comes', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* endless() {
    yield lineAt(1, 'n2');
    yield lineAt(0, 'n1');
    await promise;
  }
  const lines = inOrder(endless(), 1);
  expect((await lines.next()).value.text).toBe('n1 0');
  expect((await lines.next()).value.text).toBe('n2 1');
  resolve();
  expect((await lines.next()).done).toBe(true);
});
