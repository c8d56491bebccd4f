import { count } from '@vhive/base/count';
import type { Latency, LoadStarts, LoadTotals } from '@vhive/shared';
import type { Style } from '../style.ts';
import { table } from '../text-table.ts';

/** A rate that is lower than asked by more than this share is worth a warning. */
const TOLERATED = 0.01;
/** So many different errors are shown. */
const SHOWN_ERRORS = 5;

/** What people are told of a load at its end. */
export function summaryLines(totals: LoadTotals, width: number, style: Style): string[] {
  const { sent, ok, errors, timeouts, planned, seconds, warmUp } = totals;
  const failed = errors + timeouts;
  return [
    '',
    `${sent} of ${count(planned, 'call')} sent in ${seconds.toFixed(1)} s: ${style.good(`${ok} ok`)}, ${
      failed > 0 ? style.bad(`${errors} failed, ${timeouts} timed out`) : 'none failed'
    }${warmUp > 0 ? `; ${warmUp} more for warming up` : ''}`,
    `rate: ${rate(totals.askedRps)} rps asked, ${rate(totals.reachedRps)} sent, ${rate(totals.observedRps)} succeeded; at most ${totals.mostInFlight} in flight, ${count(totals.connections, 'connection')}`,
    ...(ok > 0 ? ['', ...latencyTable(totals, width, style)] : []),
    ...(totals.starts ? startLines(totals.starts) : []),
    ...totals.failures
      .slice(0, SHOWN_ERRORS)
      .map((failure) => `${style.bad('failed:')} ${count(failure.count, 'call')}: ${failure.error}`),
  ];
}

function startLines({ cold, warm, unknown }: LoadStarts): string[] {
  const kind = (name: string, { count: calls, p50, p99 }: Latency) =>
    calls === 0 ? `${name}: none` : `${name}: ${calls} (p50 ${ms(p50)}, p99 ${ms(p99)} ms)`;
  return [`${kind('cold starts', cold)}; ${kind('warm', warm)}${unknown > 0 ? `; unknown: ${unknown}` : ''}`];
}

/** What is worth a warning; undefined where the load was sent as it was asked for. */
export function lateWarning({ askedRps, reachedRps, latestMs, limited, interrupted }: LoadTotals): string | undefined {
  if (interrupted || reachedRps >= askedRps * (1 - TOLERATED)) return undefined;
  const why =
    limited > 0
      ? `${count(limited, 'call')} found too many in flight`
      : `the latest call was sent ${latestMs.toFixed(0)} ms late`;
  return `this machine cannot make ${rate(askedRps)} rps: it reached ${rate(reachedRps)} rps; ${why}`;
}

function latencyTable({ fromIntended, fromSent }: LoadTotals, width: number, style: Style): string[] {
  const names = ['mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];
  const row = (label: string, { mean, p50, p90, p95, p99, p999, max }: Latency) => [
    { text: label },
    ...[mean, p50, p90, p95, p99, p999, max].map((value) => ({ text: ms(value) })),
  ];
  return table(
    [{ heading: 'LATENCY, MS' }, ...names.map((heading) => ({ heading, align: 'right' as const }))],
    [row('from the intended time', fromIntended), row('from the time sent', fromSent)],
    { width, heading: style.dim },
  );
}

function ms(value: number): string {
  return value.toFixed(value < 100 ? 2 : 0);
}

function rate(rps: number): string {
  return String(Number(rps.toFixed(2)));
}
