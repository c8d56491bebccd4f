import { mostCallsInFlight } from '@vhive/base/load/open-files';
import { megabytes } from '@vhive/base/megabytes';
import type { Action } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { loadTargets } from './load-targets.ts';

/** So much is left free for everything else, bytes. */
const RESERVE_BYTES = 256e6;

/** The action `load.prepare`, whose contract says what it does. */
export const loadPrepare: Action<'load.prepare'> = {
  async check({ results }, { host }, applied) {
    if (applied) return { converged: true, outputs: applied };
    const left = await host.list(results);
    return { converged: false, changes: left.map((name) => `${results}/${name}: is removed`) };
  },

  async apply(params, context) {
    const { host, log, signal } = context;
    const { results, bytes } = params;
    for (const name of await host.list(results)) await host.remove(`${results}/${name}`);
    const { freeBytes } = await host.space(results);
    if (freeBytes < bytes + RESERVE_BYTES)
      throw failedForGood(
        `${results}: ${megabytes(freeBytes)} are free, but the results of the load may take ${megabytes(bytes)}, and ${megabytes(RESERVE_BYTES)} are left for the node`,
        { code: 'preflight', hint: `make room on this node (df -h ${results}), or send fewer calls from it` },
      );
    const most = mostCallsInFlight();
    if (params.mostInFlight !== undefined && params.mostInFlight > most)
      throw failedForGood(`only ${most} calls can be in flight from this node, as so many files can be open`, {
        code: 'preflight',
        hint: 'ask for fewer (--max-in-flight), or raise the limit: systemctl edit vhive-agent, LimitNOFILE=',
      });
    await using found = await loadTargets(params, context);
    const { warnings } = found;
    for (const warning of warnings) log(`warning: ${warning}`);
    const startMs = Math.ceil(await host.timeGenerator(signal));
    return { warnings, mostInFlight: params.mostInFlight ?? most, startMs };
  },
};
