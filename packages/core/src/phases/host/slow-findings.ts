import type { Finding } from '@vhive/shared';
import type { PhaseContext } from '../kit/context.ts';

/** Says which hosts measured that they are slow, so that nobody wonders why they take so long, or waits in vain. */
export function slowFindings({ touched }: Pick<PhaseContext, 'touched'>): Finding[] {
  return touched.flatMap(({ name, facts: { slowdown = 1 } }) =>
    slowdown === 1
      ? []
      : [
          {
            check: 'speed',
            level: 'warning' as const,
            message: `${name} is ${slowdown} times slower at starting processes than usual hosts are: time limits there are ${slowdown} times as long`,
            hint: 'is its processor emulated, or does other work take it all? systemd-detect-virt; uptime',
          },
        ],
  );
}
