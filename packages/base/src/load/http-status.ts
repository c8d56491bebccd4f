import { type Answer, KEPT_REPLY } from './caller.ts';

/** What an HTTP answer means: statuses from 200 to 299 are successes. */
export function httpAnswer(status: number | undefined, body: Buffer): Answer {
  const reply = body.subarray(-KEPT_REPLY).toString();
  if (status !== undefined && status >= 200 && status < 300) return { outcome: 'ok', reply };
  return { outcome: 'error', error: `HTTP status ${status ?? 'missing'}`, reply };
}
