import type { LoadShare, Shot } from '@vhive/shared';

/**
 * The shots of a schedule that one of several generators sends: every n-th. All shares together are the schedule, each
 * shot once. The number of a shot in its share, times the number of generators, plus the generator's own, is its number in
 * the schedule.
 */
export function shareOf(shots: Iterable<Shot>, { generator, generators }: LoadShare): Iterable<Shot> {
  return {
    *[Symbol.iterator]() {
      let index = 0;
      for (const shot of shots) if (index++ % generators === generator) yield shot;
    },
  };
}
