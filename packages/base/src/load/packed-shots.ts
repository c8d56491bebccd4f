import { gunzipSync, gzipSync } from 'node:zlib';
import { MOST_PACKED_CHARACTERS, messageOf, type Shot, shot as shotSchema, VhiveError } from '@vhive/shared';

/** More shots than this never fit, so no time is spent on them. */
const MOST_TRIED = 500_000;
/** The longest line of a shot, bytes. */
const LONGEST_LINE = 200;

/** The shots of a schedule as they travel to load generators: JSON lines, compressed, in Base64. */
export interface PackedShots {
  shots: string;
  count: number;
}

/** Packs shots. Throws `usage` where they are too many to be sent along. */
export function packShots(shots: Iterable<Shot>): PackedShots {
  const lines: string[] = [];
  for (const shot of shots) {
    lines.push(`${JSON.stringify(shot)}\n`);
    if (lines.length > MOST_TRIED) throw tooMany();
  }
  const packed = gzipSync(lines.join('')).toString('base64');
  if (packed.length > MOST_PACKED_CHARACTERS) throw tooMany();
  return { shots: packed, count: lines.length };
}

/**
 * Unpacks shots for a load with so many endpoints. Throws `usage` for what {@link packShots} did not make, also for a shot of
 * an endpoint that there is not, or before the one in front of it.
 */
export function unpackShots({ shots, count }: PackedShots, endpoints: number): Shot[] {
  try {
    const text = gunzipSync(Buffer.from(shots, 'base64'), { maxOutputLength: count * LONGEST_LINE }).toString();
    const lines = text.split('\n').slice(0, -1);
    if (lines.length !== count) throw new Error(`there are ${lines.length} instead of ${count}`);
    let before = 0;
    return lines.map((line, index) => {
      const shot = shotSchema.parse(JSON.parse(line));
      if (shot.endpoint >= endpoints) throw new Error(`shot ${index} is for endpoint ${shot.endpoint} of ${endpoints}`);
      if (shot.atMs < before) throw new Error(`shot ${index} is before the one in front of it`);
      before = shot.atMs;
      return shot;
    });
  } catch (cause) {
    throw new VhiveError({ code: 'usage', message: `the shots cannot be used: ${messageOf(cause)}`, cause });
  }
}

function tooMany(): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `the schedule has too many shots to send them along to load generators, which takes at most ${MOST_PACKED_CHARACTERS / 1024} KiB, compressed`,
    hint: 'send it from here, without --from; cut it into several; or name a rate (--rps, --arrivals, --seed), of which each node makes its share itself',
  });
}
