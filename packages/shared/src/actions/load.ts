import * as z from 'zod';
import { loadCalls } from '../load/calls.ts';
import { loadSending, loadShare } from '../load/sending.ts';
import { loadTotals } from '../load/totals.ts';
import { defineAction, minutes } from './define.ts';
import { absolutePath } from './fields.ts';

/** `load.prepare`. */
export const loadPrepare = defineAction({
  description:
    'A load can be sent from this node: the gateway, or each endpoint, takes connections from here, as many files can be open as calls may be in flight, and there is room for the results. What an earlier load left is removed.',
  params: z.object({
    ...loadCalls.pick({ endpoints: true, gateway: true, port: true, mostInFlight: true }).shape,
    results: absolutePath.describe('The directory of results'),
    bytes: z.number().int().nonnegative().describe('How much the results may take, bytes'),
  }),
  outputs: z.object({
    warnings: z.array(z.string()).describe('Addresses that do not answer while others do'),
    mostInFlight: z.number().int().describe('How many calls may be in flight at once'),
    startMs: z.number().int().describe('How long it takes to start a load generator here, milliseconds'),
  }),
  timeLimitMs: minutes(1),
});

/** `load.begin`. The coordinator itself runs it. */
export const loadBegin = defineAction({
  description: 'All generators of a load are told when it begins.',
  params: z.object({
    leadMs: z.number().int().positive().describe('How long the generators have to open connections, milliseconds'),
    startMs: z.array(z.number()).describe('How long each node takes to start a generator, milliseconds'),
  }),
  outputs: z.object({ startAtMs: z.number().describe("By the coordinator's clock, milliseconds since 1970") }),
  timeLimitMs: minutes(1),
});

/** `load.send`. */
export const loadSend = defineAction({
  description:
    'The share of one generator of a load is sent, from a process of its own, and what became of each call is in a file. It is never sent twice: where the moment of the beginning has passed, the action fails.',
  params: z.object({
    ...loadCalls.shape,
    sending: loadSending,
    share: loadShare,
    startAtMs: z.number().describe("When the load begins, by the coordinator's clock, milliseconds since 1970"),
    results: absolutePath.describe('The file of what became of each call: JSON lines, compressed by gzip'),
  }),
  outputs: z.object({
    totals: loadTotals,
    startedAtMs: z.number().describe("When it began, by the coordinator's clock, milliseconds since 1970"),
    clockOffsetMs: z
      .number()
      .describe("How far this node's clock was taken to be ahead of the coordinator's when it began, milliseconds"),
    clockOffsetAfterMs: z.number().nullable().describe('The same, as it was known at the end of the load'),
  }),
  // The plan gives each load its own.
  timeLimitMs: minutes(60),
});
