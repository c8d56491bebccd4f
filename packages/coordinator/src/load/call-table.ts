import type { Sample } from '@vhive/base/load/sample';
import { printable } from '@vhive/shared';
import { csvLine } from './csv-line.ts';

/** The columns of the table of all calls. Times are whole microseconds, since the start of the load where not said else. */
const columns: readonly (readonly [
  string,
  (sample: Sample, endpoints: readonly string[], generator: string) => string | number,
])[] = [
  ['shot', ({ index }) => index],
  ['endpoint', ({ endpoint }, endpoints) => endpoints[endpoint] ?? endpoint],
  ['warm_up', ({ warmUp }) => (warmUp ? 1 : 0)],
  ['intended_us', ({ intendedMs }) => micros(intendedMs)],
  ['sent_us', ({ sentMs }) => micros(sentMs)],
  ['end_us', ({ endMs }) => micros(endMs)],
  ['latency_from_intended_us', ({ endMs, intendedMs }) => micros(endMs - intendedMs)],
  ['latency_from_sent_us', ({ endMs, sentMs }) => micros(endMs - sentMs)],
  ['outcome', ({ outcome }) => outcome],
  ['start', ({ coldStart }) => (coldStart === undefined ? 'unknown' : coldStart ? 'cold' : 'warm')],
  ['connect_us', ({ connectMs }) => micros(connectMs)],
  ['function_us', ({ functionMs }) => micros(functionMs)],
  ['error', ({ error }) => error ?? ''],
  ['generator', (_sample, _endpoints, generator) => generator],
];

/** The first line of the table of calls. */
export const CALL_TABLE_HEAD = csvLine(columns.map(([name]) => name));

/** The line of a call, which the agent of the node `generator` has made; '' stands for this process. */
export function callTableLine(sample: Sample, endpoints: readonly string[], generator = ''): string {
  return csvLine(columns.map(([, cell]) => printable(String(cell(sample, endpoints, generator)))));
}

function micros(ms: number | undefined): number | '' {
  return ms === undefined ? '' : Math.round(ms * 1000);
}
