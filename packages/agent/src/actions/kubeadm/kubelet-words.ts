import type { ActionContext } from '../kit/action.ts';
import { journal } from '../systemd/systemctl.ts';
import { unitStatus } from '../systemd/unit-status.ts';
import { withoutTokens } from './without-tokens.ts';

const UNIT = 'kubelet.service';
/** The lines of the kubelet, and of systemd about it, that tell of something that went wrong. */
const trouble = /^E\d{4} |\berr(?:or)?="|"command failed"|\b(?:failed|error)\b/i;
/** The head of a line of klog: severity and date, time, process, file and line. */
const klogHead = /^[EWIF]\d{4} [\d:.]+\s+\d+ \S+\] /;

/** Finds in lines of the kubelet's journal the latest one that tells of something that went wrong, without its head. */
export function latestTrouble(lines: readonly string[]): string | undefined {
  return lines.findLast((line) => trouble.test(line))?.replace(klogHead, '');
}

/**
 * Tells what the kubelet of this host is at, for people who wait for it: that it does not run, or the latest error in its
 * journal. It never throws, and tells nothing where all is well or systemd cannot be asked.
 */
export async function kubeletWords(context: ActionContext): Promise<string[]> {
  try {
    const status = await unitStatus(context.host, UNIT, context.signal);
    const runs = status === undefined || status.active === 'active';
    const said = latestTrouble(await journal(context, UNIT));
    return [
      ...(runs ? [] : [`${UNIT} is ${status.active} (${status.sub}), restarted ${status.restarts} times`]),
      ...(said === undefined ? [] : [`the kubelet says: ${withoutTokens(said)}`]),
    ];
  } catch {
    return [];
  }
}
