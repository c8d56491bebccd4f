import {
  applicantView,
  executorName,
  failure,
  isoTime,
  loadProgress,
  loadTotals,
  logLine,
  nodeName,
  nodeView,
  plan,
  printableJson,
  runId,
  runSummary,
  runView,
  statusView,
  stepStatus,
  taskStatus,
  tokenCreated,
  tokenView,
  usageSample,
} from '@vhive/shared';
import * as z from 'zod';
import { functionLines } from './function-lines.ts';

/** The version of these lines, which the result line names. */
const JSON_LINES_VERSION = 1;

/**
 * What `--output json` prints to standard output: one object per line, each with `time` and `type`. The last one is of
 * type `result`. Text for people goes to standard error then. Fields may be added to a type, but never taken away.
 */
const line = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ time: isoTime, type: z.literal(type), ...shape });

/**
 * The outcome of a run for a node. ready: the cluster is, and the node in it. done: the run was to end before that, as
 * with `--until`, and the node has done its steps. checked: a dry run looked at all of it. unfinished: some of its steps
 * were never reached.
 */
export const nodeOutcome = z.enum(['ready', 'done', 'checked', 'unfinished', 'failed', 'unreachable', 'removed']);
/** See {@link nodeOutcome}. */
export type NodeOutcome = z.infer<typeof nodeOutcome>;

/** A phase on one node. The counts are of tasks; `changed` counts what would change in a dry run. */
export const phaseReport = z.object({
  phase: z.string(),
  status: stepStatus,
  seconds: z
    .number()
    .nullable()
    .describe(
      'How long its attempts were at work, without the pauses between them; null when the phase has not begun.',
    ),
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
  failure: failure
    .extend({ phase: z.string().optional(), step: z.string().optional() })
    .optional()
    .describe('The first cause, when the node is not ready.'),
});
/** See {@link nodeReport}. */
export type NodeReport = z.infer<typeof nodeReport>;

/**
 * The outcome of a command. ready: the cluster is. done: a run that was to end before that, as with `--until`, did its
 * work. checked: a dry run found nothing that would refuse. ok: a command that makes no run did its work.
 */
export const resultOutcome = z.enum([
  'ready',
  'done',
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

/**
 * The last line. The fields of a run are there when there was a run; code, message and hint are there when it ended in
 * an error.
 */
export const resultLine = line('result', {
  schemaVersion: z
    .literal(JSON_LINES_VERSION)
    .optional()
    .describe('The version of all lines. It becomes another one when a field is taken away or means something else'),
  outcome: resultOutcome,
  exitCode: z.number().int().min(0).max(255),
  runId: runId.optional(),
  wallSeconds: z.number().optional().describe('The time from the start of the command to its end.'),
  nodes: z.array(nodeReport).optional(),
  phases: z
    .array(z.object({ phase: z.string(), seconds: z.number().nullable() }))
    .optional()
    .describe('How long each phase was at work on any node, without pauses.'),
  changed: z.number().int().optional(),
  unchanged: z.number().int().optional(),
  gateway: z.string().optional().describe('The IPv4 address of the ingress gateway.'),
  smokeTest: z
    .object({ reply: z.string(), readyMs: z.number(), callMs: z.number() })
    .optional()
    .describe(
      'The test function: its answer, the time from deployment until it was ready, and the time of the call that was answered, both in milliseconds.',
    ),
  trials: z
    .object({ finished: z.number().int(), failed: z.number().int(), left: z.number().int() })
    .optional()
    .describe('How the trials of an experiment stand.'),
  load: loadTotals.optional().describe('How the load of `invoke` went.'),
  files: z.array(z.string()).optional().describe('The files of results that were written.'),
  code: z.string().optional(),
  message: z.string().optional(),
  hint: z.string().optional(),
});
/** See {@link resultLine}. */
export type ResultLine = z.infer<typeof resultLine>;

/** Every line that can appear. */
export const jsonLine = z.discriminatedUnion('type', [
  /** `up` waits for nodes. The line is printed when the picture changes. */
  line('waiting', {
    expected: z.number().int(),
    reachable: z.array(nodeName),
    unreachable: z.array(nodeName),
    pending: z
      .array(nodeName)
      .describe('The nodes that enrolled without a token. `vhive-coord nodes approve NAME:KEY` lets one in.'),
    applicants: z.array(applicantView).optional().describe('The hosts that asked to be let in and were refused.'),
    command: z.string().describe('The command to type on the hosts that are missing.'),
  }),
  line('nodes', { nodes: z.array(nodeView), applicants: z.array(applicantView).optional() }),
  line('plan', {
    runId: runId.optional(),
    resumed: z.boolean().optional(),
    mode: z.enum(['apply', 'check']),
    plan,
    /** The chain of steps that decides how long the run takes. Only `plan` prints it. */
    criticalPath: z
      .object({
        seconds: z.number(),
        steps: z.array(
          z.object({
            id: z.string(),
            node: executorName,
            title: z.string(),
            startSeconds: z.number().describe('The time from the beginning of the run, in seconds.'),
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
    changes: z.array(z.string()).optional().describe('What the step changed or would change.'),
    failure: failure.optional(),
  }),
  /**
   * A running step has waited for ten seconds or longer, and why what it waits for is not there yet, the most telling
   * reason first. The line is printed when the reasons change. Without reasons: the step does not wait any more.
   */
  line('reasons', {
    runId,
    step: z.string(),
    phase: z.string(),
    node: executorName,
    task: z.string(),
    title: z.string(),
    reasons: z.array(z.string()),
  }),
  /** What `doctor` says of a phase. */
  line('diagnosis', {
    phase: z.string(),
    state: z
      .enum(['well', 'differs', 'unwell', 'unknown'])
      .describe(
        'well: it is as `up` left it. differs: `up` would change something. unwell: a look at it failed. unknown: the dry run never got there.',
      ),
    complaints: z.array(z.string()).describe('What is not well, one line each, with the node.'),
    lab: z
      .enum(['real', 'boundary', 'untested'])
      .describe('How far the phase is proven without the hardware it needs: docs/realness.md.'),
    note: z.string(),
    byHand: z.array(z.string()),
  }),
  line('message', { level: z.enum(['info', 'warning']), text: z.string() }),
  line('status', { status: statusView }),
  line('run', { run: runView }),
  line('runs', { runs: z.array(runSummary) }),
  line('log', { line: logLine }),
  /** The answer to `token create`. It is the only line with a secret. */
  line('token', tokenCreated.shape),
  line('tokens', { tokens: z.array(tokenView) }),
  /** `mirror pull` has a file, an image or modules in the mirror tree. changed: it was fetched now. */
  line('pulled', {
    kind: z.enum(['file', 'image', 'modules']),
    title: z.string(),
    bytes: z.number().int(),
    changed: z.boolean(),
  }),
  /** The end of `mirror pull`: what is in the mirror tree, and what is not. */
  line('mirror', {
    directory: z.string(),
    files: z.number().int(),
    images: z.number().int(),
    bytes: z.number().int(),
    fetched: z.number().int().describe('How many of those were fetched now.'),
    fetchedBytes: z.number().int(),
    failed: z.array(
      failure.pick({ code: true, message: true, hint: true }).extend({ kind: z.string(), title: z.string() }),
    ),
    leftOut: z.array(z.string()).describe('What the mirror tree lacks although nothing failed, one sentence each.'),
  }),
  /** The answer to `version`. */
  line('version', {
    version: z.string().describe('The version of this program.'),
    node: z.string().describe('The version of its Node.js.'),
    platform: z.string().describe('What it runs on, such as linux/x64.'),
    coordinator: z
      .object({ version: z.string(), cluster: z.string() })
      .nullable()
      .describe('The coordinator that runs here; null where none does.'),
    components: z.record(z.string(), z.string()).describe('What a cluster gets where its cluster file says nothing.'),
  }),
  /** What a node uses, which `nodes top` prints; with `--watch` it comes every second. */
  line('usage', { node: nodeName, simulated: z.boolean(), ...usageSample.omit({ type: true }).shape }),
  /** A node does not tell what it uses, and why. */
  line('no-usage', { node: nodeName, reason: z.string() }),
  /** How the load of `invoke` is going; it comes every second, with `--from` from each node. */
  line('load-progress', {
    ...loadProgress.shape,
    node: nodeName.optional().describe('The node whose share it is, with `--from`.'),
  }),
  /** A trial of an experiment: how it is to be measured (`experiment plan`), or how it stands. */
  line('trial', {
    status: z.enum(['planned', 'begun', 'stage', 'finished', 'failed']),
    trial: z.string().describe('Its name, such as p03-r2: the second measurement of the third point.'),
    number: z.number().int().optional().describe('Its place in the order, from 1.'),
    values: z.record(z.string(), z.json()).optional().describe('The fields that the sweep changes.'),
    repetition: z.number().int().optional(),
    stage: z.string().optional().describe('What is being done for it.'),
    seconds: z.number().optional().describe('How long it took.'),
    reason: z.string().optional().describe('Why it failed.'),
  }),
  /** What became of an image, of `image optimize|push|preload`. */
  line('image', {
    image: z.string().describe('The full reference that it has now.'),
    from: z.string().optional().describe('The image that it was made of, or its name elsewhere.'),
    status: z
      .enum(['optimized', 'pushed', 'preloaded'])
      .describe('optimized: it is an eStargz image on the node. pushed: it is in its registry, too.'),
    node: nodeName,
    digest: z.string().optional().describe('The digest of what was made or pushed.'),
    changed: z.boolean().describe('false: it was so already, as far as the node can tell.'),
  }),
  line('function', functionLines.function),
  line('function-details', functionLines.details),
  line('function-waiting', functionLines.waiting),
  line('function-deployed', functionLines.deployed),
  line('endpoints', functionLines.endpoints),
  line('function-log', functionLines.log),
  line('function-deleted', functionLines.deleted),
  line('shipped-function', functionLines.shipped),
  resultLine,
]);
/** See {@link jsonLine}. */
export type JsonLine = z.infer<typeof jsonLine>;

type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;
/** A line before the time is added to it. */
export type JsonLineBody = WithoutTime<JsonLine>;

/**
 * Writes a line as text, with its newline. Throws when it does not fit the schema, which is a defect of this program.
 */
export function formatJsonLine(body: JsonLineBody, now: Date): string {
  const { type, ...rest } = body;
  const version = type === 'result' ? { schemaVersion: JSON_LINES_VERSION } : {};
  return `${printableJson(JSON.stringify(jsonLine.parse({ time: now.toISOString(), type, ...version, ...rest })))}\n`;
}
