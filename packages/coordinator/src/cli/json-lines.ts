import {
  executorName,
  failure,
  isoTime,
  logLine,
  nodeName,
  nodeView,
  plan,
  runId,
  runView,
  statusView,
  stepStatus,
  taskStatus,
  tokenCreated,
  tokenView,
} from '@vhive/shared';
import * as z from 'zod';

/**
 * What `--output json` prints to standard output: one object per line, each with `time` and `type`; the last is of type
 * `result`. Text for people goes to standard error then. Fields may be added to a type, never taken away.
 */
const line = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ time: isoTime, type: z.literal(type), ...shape });

/** How a node came out of a run. unfinished: some of its steps were never reached. */
export const nodeOutcome = z.enum(['ready', 'unfinished', 'failed', 'unreachable', 'removed']);
/** See {@link nodeOutcome}. */
export type NodeOutcome = z.infer<typeof nodeOutcome>;

/** A phase on one node. Counts are of tasks; `changed` counts what would change in a dry run. */
export const phaseReport = z.object({
  phase: z.string(),
  status: stepStatus,
  /** From the first attempt's begin to the last one's end; null: not begun. */
  seconds: z.number().nullable(),
  changed: z.number().int(),
  unchanged: z.number().int(),
});
/** See {@link phaseReport}. */
export type PhaseReport = z.infer<typeof phaseReport>;

/** A node (or the coordinator itself) at the end of a run. */
export const nodeReport = z.object({
  name: executorName,
  outcome: nodeOutcome,
  phases: z.array(phaseReport),
  /** The first cause, when the node is not ready. */
  failure: failure.extend({ phase: z.string().optional(), step: z.string().optional() }).optional(),
});
/** See {@link nodeReport}. */
export type NodeReport = z.infer<typeof nodeReport>;

/** checked: a dry run found nothing that would refuse; ok: a command that makes no run did its work. */
export const resultOutcome = z.enum([
  'ready',
  'checked',
  'refused',
  'failed',
  'timed-out',
  'cancelled',
  'interrupted',
  'ok',
  'error',
]);
/** See {@link resultOutcome}. */
export type ResultOutcome = z.infer<typeof resultOutcome>;

/** The last line. Run fields are there when there was a run; code, message, hint when it ended in an error. */
export const resultLine = line('result', {
  outcome: resultOutcome,
  exitCode: z.number().int().min(0).max(255),
  runId: runId.optional(),
  /** From the start of the command to its end. */
  wallSeconds: z.number().optional(),
  nodes: z.array(nodeReport).optional(),
  /** Per phase, from the first step's begin to the last one's end on any node. */
  phases: z.array(z.object({ phase: z.string(), seconds: z.number().nullable() })).optional(),
  changed: z.number().int().optional(),
  unchanged: z.number().int().optional(),
  /** Address of the ingress gateway, IPv4. */
  gateway: z.string().optional(),
  /** The test function: its answer, from deployment until ready, and the call that was answered, milliseconds. */
  smokeTest: z.object({ reply: z.string(), readyMs: z.number(), callMs: z.number() }).optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  hint: z.string().optional(),
});
/** See {@link resultLine}. */
export type ResultLine = z.infer<typeof resultLine>;

/** Every line that can appear. */
export const jsonLine = z.discriminatedUnion('type', [
  /** `up` waits for nodes; printed when the picture changes. */
  line('waiting', {
    expected: z.number().int(),
    reachable: z.array(nodeName),
    unreachable: z.array(nodeName),
    /** Enrolled without a token: `vhive-coord nodes approve NAME` lets one in. */
    pending: z.array(nodeName),
    /** What to type on the hosts that are missing. */
    command: z.string(),
  }),
  line('nodes', { nodes: z.array(nodeView) }),
  line('plan', {
    runId: runId.optional(),
    resumed: z.boolean().optional(),
    mode: z.enum(['apply', 'check']),
    plan,
    /** Of `plan`: the chain of steps that decides how long it takes. */
    criticalPath: z
      .object({
        seconds: z.number(),
        steps: z.array(
          z.object({
            id: z.string(),
            node: executorName,
            title: z.string(),
            /** From the begin of the run, seconds. */
            startSeconds: z.number(),
            seconds: z.number(),
            source: z.enum(['recorded', 'assumed']),
          }),
        ),
      })
      .optional(),
  }),
  line('step', {
    runId,
    step: z.string(),
    phase: z.string(),
    node: executorName,
    status: stepStatus,
    attempt: z.number().int(),
    seconds: z.number().nullable(),
    changed: z.number().int(),
    unchanged: z.number().int(),
    failure: failure.optional(),
  }),
  line('task', {
    runId,
    step: z.string(),
    phase: z.string(),
    node: executorName,
    task: z.string(),
    title: z.string().optional(),
    status: z.union([z.literal('started'), taskStatus]),
    seconds: z.number().optional(),
    /** What changed or would change. */
    changes: z.array(z.string()).optional(),
    failure: failure.optional(),
  }),
  /** What `doctor` says of a phase. */
  line('diagnosis', {
    phase: z.string(),
    /** well: as `up` left it; differs: `up` would change something; unwell: a look failed; unknown: never got there. */
    state: z.enum(['well', 'differs', 'unwell', 'unknown']),
    /** What is not well, one line each, with the node. */
    complaints: z.array(z.string()),
    /** How far the phase is proven without the hardware it needs: docs/realness.md. */
    lab: z.enum(['real', 'boundary', 'untested']),
    note: z.string(),
    byHand: z.array(z.string()),
  }),
  line('message', { level: z.enum(['info', 'warning']), text: z.string() }),
  line('status', { status: statusView }),
  line('run', { run: runView }),
  line('log', { line: logLine }),
  /** The only line with a secret: the answer to `token create`. */
  line('token', tokenCreated.shape),
  line('tokens', { tokens: z.array(tokenView) }),
  /** `mirror pull`: a file, an image or modules are in the tree; changed: fetched now. */
  line('pulled', {
    kind: z.enum(['file', 'image', 'modules']),
    title: z.string(),
    bytes: z.number().int(),
    changed: z.boolean(),
  }),
  /** `mirror pull`: what is in the tree, and what is not. */
  line('mirror', {
    directory: z.string(),
    files: z.number().int(),
    images: z.number().int(),
    bytes: z.number().int(),
    /** Of those, what was not there before. */
    fetched: z.number().int(),
    fetchedBytes: z.number().int(),
    failed: z.array(
      failure.pick({ code: true, message: true, hint: true }).extend({ kind: z.string(), title: z.string() }),
    ),
    /** Sentences. */
    leftOut: z.array(z.string()),
  }),
  resultLine,
]);
/** See {@link jsonLine}. */
export type JsonLine = z.infer<typeof jsonLine>;

type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;
/** A line before the time is put on it. */
export type JsonLineBody = WithoutTime<JsonLine>;

/** The text of a line, newline included. Throws when it is not what the schema says: a defect of ours. */
export function formatJsonLine(body: JsonLineBody, now: Date): string {
  const { type, ...rest } = body;
  return `${JSON.stringify(jsonLine.parse({ time: now.toISOString(), type, ...rest }))}\n`;
}
