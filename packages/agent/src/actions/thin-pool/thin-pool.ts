import type { Params } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { ensureFile, fileChanges } from '../kit/managed-file.ts';
import { type OneshotUnit, oneshotUnitChanges, runOneshotUnit } from '../systemd/oneshot-unit.ts';
import { judgePool } from './judge-pool.ts';
import { lookAtPool } from './look-at-pool.ts';
import { poolScript, poolScriptPath } from './pool-script.ts';

const oneshot = ({ name, directory, unit, before }: Params<'thin-pool'>): OneshotUnit => ({
  name: unit,
  description: `Thin pool ${name} of vHive, on sparse files in ${directory}`,
  unit: [`RequiresMountsFor=${directory}`, ...(before.length === 0 ? [] : [`Before=${before.join(' ')}`])],
  service: [`ExecStart=${poolScriptPath(name)}`],
});

/** Tells what the pool itself needs. Throws when it must not be touched. */
async function poolChanges(params: Params<'thin-pool'>, { host, signal, log }: ActionContext): Promise<string[]> {
  const { changes, notes, refusal } = judgePool(params, await lookAtPool(params, host, signal));
  if (refusal) throw refusal;
  for (const note of notes) log(note);
  return changes;
}

/** The action `thin-pool`, whose contract says what it does. */
export const thinPool: Action<'thin-pool'> = {
  async check(params, context) {
    const { host, signal } = context;
    const changes = [
      ...(await poolChanges(params, context)),
      ...(await fileChanges(host, poolScript(params))),
      ...(await oneshotUnitChanges(oneshot(params), host, signal)),
    ];
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    const { host, signal } = context;
    const found = await lookAtPool(params, host, signal);
    if (found.state === 'no-program')
      throw failedForGood('there is no dmsetup on this host', { hint: 'apt-get install dmsetup' });
    if (found.state === 'no-driver')
      throw failedForGood(`the kernel of this host has no device mapper, so no thin pool can be made: ${found.words}`, {
        hint: 'modprobe dm_thin_pool (in a container: on the machine that runs it); microVMs need it, another --sandbox does not',
      });
    await ensureFile(host, poolScript(params));
    await runOneshotUnit(oneshot(params), context);
    return undefined;
  },
};
