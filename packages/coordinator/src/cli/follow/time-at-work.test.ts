import { expect, it } from 'vitest';
import { at, stepOf } from '../render/run-view.fixture.ts';
import { secondsAtWork } from './time-at-work.ts';

const span = (from: number, to: number) => ({ startedAt: at(from), finishedAt: at(to) });
const now = new Date(at(100));
const step = (fields: Parameters<typeof stepOf>[2]) => stepOf('join', 'n1', { startedAt: at(0), ...fields });

it('counts attempts and not the pauses between them', () =>
  expect(secondsAtWork([step({ finishedAt: at(70), spans: [span(0, 5), span(60, 70)] })], now)).toBe(15));

it('counts what went on at once only once', () =>
  expect(secondsAtWork([step({ spans: [span(0, 10)] }), step({ spans: [span(5, 12)] })], now)).toBe(12));

it('counts the running attempt until now, and not what was before it', () =>
  expect(secondsAtWork([step({ spans: [span(0, 5)], attemptStartedAt: at(90) })], now)).toBe(15));

it('has nothing to say of what has not begun', () => expect(secondsAtWork([stepOf('join', 'n1')], now)).toBeNull());
