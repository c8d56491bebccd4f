import { gzipSync } from 'node:zlib';
import type { Shot } from '@vhive/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packShots, unpackShots } from './packed-shots.ts';

const shots = fc
  .array(
    fc.record(
      {
        atMs: fc.double({ min: 0, max: 30 * 86_400_000, noNaN: true }).map((ms) => ms + 0),
        endpoint: fc.nat({ max: 9 }),
        work: fc.record({ runtimeMs: fc.nat(), memoryMb: fc.nat() }),
      },
      { requiredKeys: ['atMs', 'endpoint'] },
    ),
    { minLength: 1, maxLength: 300 },
  )
  .map((all): Shot[] => all.toSorted((one, other) => one.atMs - other.atMs));

describe('packed shots', () => {
  it('are unpacked as they were', () => {
    fc.assert(
      fc.property(shots, (all) => {
        expect(unpackShots(packShots(all), 10)).toEqual(all);
      }),
    );
  });

  it('are refused where they are too many, also where they have no end', () => {
    const message = /too many shots to send them along.*256 KiB/;
    const random = Array.from({ length: 40_000 }, (_, n) => ({ atMs: n + Math.abs(Math.sin(n)), endpoint: 0 }));
    expect(() => packShots(random)).toThrow(message);
    function* endless(): Generator<Shot> {
      for (;;) yield { atMs: 0, endpoint: 0 };
    }
    expect(() => packShots(endless())).toThrow(message);
  });

  const packed = (text: string, count = 1) => ({ shots: gzipSync(text).toString('base64'), count });
  it.each([
    ['no gzip', { shots: 'aaaa', count: 1 }, 'incorrect header'],
    ['no shot', packed('{"at": 1}\n'), 'atMs'],
    ['too few', packed('{"atMs": 1, "endpoint": 0}\n', 2), 'there are 1 instead of 2'],
    ['another endpoint', packed('{"atMs": 1, "endpoint": 10}\n'), 'shot 0 is for endpoint 10 of 10'],
    ['the wrong order', packed('{"atMs":2,"endpoint":0}\n{"atMs":1,"endpoint":0}\n', 2), 'shot 1 is before'],
    ['more than they say', packed(' '.repeat(1_000_000)), 'larger than 200 bytes'],
  ])('are refused with %s', (_, one, message) => {
    expect(() => unpackShots(one, 10)).toThrow(message);
  });
});
