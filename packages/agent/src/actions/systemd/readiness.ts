import type { ActionContext } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { pathExists } from './path-watch.ts';
import { journal } from './systemctl.ts';
import { unitStatus } from './unit-status.ts';

/** How long a started service may take until its socket is there, milliseconds. */
const READY_LIMIT_MS = 120_000;
/** How often is looked whether the service has died instead, milliseconds. */
const HEALTH_INTERVAL_MS = 2_000;
/** A service that systemd restarted this often while we waited does not come up. */
const CRASH_LOOP = 3;

/** Waits until the path exists that says that a service is ready. Fails at once when the service fails. */
export async function waitUntilReady(context: ActionContext, unit: string, path: string): Promise<void> {
  const deadline = AbortSignal.timeout(READY_LIMIT_MS);
  const before = (await unitStatus(context.host, unit))?.restarts ?? 0;
  for (;;) {
    context.signal.throwIfAborted();
    const slice = AbortSignal.any([context.signal, deadline, AbortSignal.timeout(HEALTH_INTERVAL_MS)]);
    try {
      await pathExists(context.host.localPath(path), slice);
      return;
    } catch (error) {
      context.signal.throwIfAborted();
      if (!slice.aborted) throw error;
    }
    const status = await unitStatus(context.host, unit, context.signal);
    const crashes = (status?.restarts ?? 0) - before;
    const hint = `journalctl -u ${unit} -n 50`;
    if (status?.active === 'failed' || crashes >= CRASH_LOOP)
      throw failed(`${unit} does not stay up (${status?.result ?? 'unknown'}): ${path} did not appear`, {
        hint,
        lastLines: await journal(context, unit),
      });
    if (deadline.aborted)
      throw failed(`${unit} runs, but ${path} did not appear within ${READY_LIMIT_MS / 1000} s`, {
        code: 'timeout',
        hint,
        lastLines: await journal(context, unit),
      });
  }
}
