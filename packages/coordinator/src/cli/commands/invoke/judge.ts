import type { Sample } from '@vhive/base/load/sample';
import { parseThreshold } from '@vhive/core/load/thresholds';
import { exitCodeOf, type LoadTotals, type Schedule } from '@vhive/shared';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { lateWarning, summaryLines } from '../../render/load/summary-lines.ts';

/** Says how the load went, and makes that the command's result. */
export function judge(totals: LoadTotals, { failIf = [] }: Flags<'invoke'>, io: CliIo): void {
  for (const line of summaryLines(totals, io.width, io.style)) io.say(line);
  const late = lateWarning(totals);
  if (late !== undefined) io.warn(late);
  io.result = { ...io.result, load: totals };
  const judged = failIf.map((text) => ({ text, ...parseThreshold(text).judge(totals) })).filter(({ met }) => met);
  for (const { text, value } of judged) io.note(`${io.style.bad('failed:')} ${text} holds: it is ${value}`);
  const complaint = totals.interrupted
    ? { code: 'interrupted' as const, message: 'the load was interrupted; the results are of what was sent until then' }
    : judged.length > 0
      ? {
          code: 'step-failed' as const,
          message: `it holds: ${judged.map(({ text, value }) => `${text} (${value})`).join(', ')}`,
        }
      : totals.planned > 0 && totals.ok === 0
        ? { code: 'step-failed' as const, message: `all calls failed: ${totals.failures[0]?.error ?? 'none was sent'}` }
        : undefined;
  if (complaint) io.fail({ ...complaint, exitCode: exitCodeOf(complaint.code) });
}

/** Says what a call was whose outcome is a failure. */
export function failureText({ index, sentMs, endpoint, error, outcome }: Sample, { endpoints }: Schedule): string {
  return `call ${index} at ${(sentMs / 1000).toFixed(3)} s, ${endpoints[endpoint]}: ${error ?? outcome}`;
}
