import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isColdStart, type ReadyChange, TOLD_WITHIN_MS } from './cold-or-warm.ts';

const none = (at: number): ReadyChange => ({ at, ready: 0, coming: 0 });
const coming = (at: number): ReadyChange => ({ at, ready: 0, coming: 1 });
const ready = (at: number): ReadyChange => ({ at, ready: 1, coming: 0 });
const call = (sentAt: number, endAt = sentAt + 10, answered = true) => ({ sentAt, endAt, answered });

/** A function that is called from zero at 10 s: its pod is made at once and ready after 2 s, until 60 s. */
const changes = [none(0), coming(10_050), ready(12_050), coming(60_000), none(61_000)];

describe('a call', () => {
  it.each([
    ['begins the pod that answers it', call(10_000, 12_060), true],
    ['begins it, and is answered before the pod is told to be ready', call(10_000, 11_900), true],
    ['waits for a pod that comes', call(10_500, 12_060), true],
    ['may have found the pod ready before that was told', call(11_500, 12_060), undefined],
    ['was answered before the pod that it seemed to wait for', call(10_500, 10_520), undefined],
    ['finds a pod', call(12_050), false],
    ['finds a pod, and fails', call(30_000, 30_010, false), false],
    ['may have missed the pod that left soon afterwards', call(59_500), undefined],
    ['finds none, and is not answered', call(60_500, 60_510, false), undefined],
    ['is answered by nobody knows whom', call(62_000), undefined],
    ['was sent before anything was told', call(-5), undefined],
  ])('%s', (_, one, cold) => expect(isColdStart(one, { changes })).toBe(cold));

  it('is of neither kind where pods were not watched long enough', () => {
    expect(isColdStart(call(30_000), { changes, until: 31_000 })).toBe(false);
    expect(isColdStart(call(30_000), { changes, until: 30_999 })).toBeUndefined();
    expect(isColdStart(call(10_000, 12_060), { changes, until: 13_060 })).toBe(true);
    expect(isColdStart(call(10_000, 12_060), { changes, until: 13_059 })).toBeUndefined();
    expect(isColdStart(call(1), { changes: [] })).toBeUndefined();
  });

  it('may be told of a pod only when it is ready already, as by a watch that is late', () => {
    const late = [none(0), ready(12_050)];
    expect(isColdStart(call(10_000, 12_060), { changes: late })).toBe(true);
    expect(isColdStart(call(11_500, 12_060), { changes: late })).toBeUndefined();
  });
});

/** A pod's life: how long after the one before it is made, when it is ready and gone, and how late that is told. */
const delay = fc.nat({ max: TOLD_WITHIN_MS });
const life = fc.record({
  ...{ pause: fc.nat({ max: 20_000 }), starts: fc.integer({ min: 1, max: 5_000 }), stays: fc.nat({ max: 20_000 }) },
  ...{ readyTold: delay, goneTold: delay },
});
type Life = { madeAt: number; readyAt: number; goneAt: number };

it('what is said of a call is never wrong, however late changes of readiness are told', () => {
  fc.assert(
    fc.property(
      fc.array(life, { maxLength: 6 }),
      fc.nat({ max: 120_000 }),
      fc.nat({ max: 3_000 }),
      (all, sentAt, took) => {
        const told: ReadyChange[] = [none(0)];
        const lives: Life[] = [];
        let time = 0;
        for (const { pause, starts, stays, readyTold, goneTold } of all) {
          const madeAt = time + pause + 1;
          const readyAt = madeAt + starts;
          const goneAt = readyAt + stays;
          const tellReady = Math.min(readyAt + readyTold, goneAt + goneTold);
          lives.push({ madeAt, readyAt, goneAt });
          told.push(coming(madeAt), ready(tellReady), none(Math.max(tellReady, goneAt + goneTold)));
          // One pod after the other, also in what is told.
          time = Math.max(tellReady, goneAt + goneTold);
        }
        const serving = lives.find(({ readyAt, goneAt }) => readyAt <= sentAt && sentAt < goneAt);
        const coldBy = lives.find(({ readyAt }) => readyAt > sentAt);
        const endAt = serving ? sentAt + took : coldBy ? coldBy.readyAt + took : sentAt + took;
        const answered = serving !== undefined || coldBy !== undefined;
        const said = isColdStart({ sentAt, endAt, answered }, { changes: told });
        if (said !== undefined) expect(said).toBe(serving === undefined);
        // It is known of a call that is sent long before anything changes, or that begins a pod itself.
        const near = told.some(({ at }) => Math.abs(at - sentAt) <= 2 * TOLD_WITHIN_MS);
        if (answered && !near && (serving || coldBy)) expect(said).toBe(serving === undefined);
      },
    ),
    { numRuns: 500 },
  );
});
