import type { ActionContext } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { withReasons } from '../kit/with-reasons.ts';
import { pathExists } from './path-watch.ts';
import { journal } from './systemctl.ts';
import { unitStatus } from './unit-status.ts';

/** A started service may take this many milliseconds until its socket exists; longer on slow hosts. */
const READY_LIMIT_MS = 120_000;
/** Whether the service has died instead is looked at once in this many milliseconds. */
const HEALTH_INTERVAL_MS = 2_000;
/** A service that systemd restarted this often during the wait will not come up. */
const CRASH_LOOP = 3;

/** Waits until the path exists that shows that a service is ready. It fails at once when the service fails. */
export async function waitUntilReady(context: ActionContext, unit: string, path: string): Promise<void> {
  const reasons = async () => {
    const said = (await journal(context, unit)).at(-1);
    return [`${path} of ${unit} is not there yet`, ...(said === undefined ? [] : [`${unit} says: ${said}`])];
  };
  await withReasons(context, reasons, () => untilReady(context, unit, path));
}

async function untilReady(context: ActionContext, unit: string, path: string): Promise<void> {
  const limitMs = READY_LIMIT_MS * context.patience;
  const deadline = AbortSignal.timeout(limitMs);
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
      throw failed(`${unit} runs, but ${path} did not appear within ${limitMs / 1000} s`, {
        code: 'timeout',
        hint,
        lastLines: await journal(context, unit),
      });
  }
}
