import * as z from 'zod';
import { clusterFile } from '../cluster-file/index.ts';
import { clusterSettings, runBasis } from '../cluster-settings.ts';
import { jobTitle } from '../events/run-events.ts';
import { executorName, isoTime, nodeName, runId } from '../names.ts';
import { plan } from '../plan.ts';
import { failure, reasons, taskResult } from '../wire/results.ts';
import { route } from './route.ts';

/** What `up`, `plan` and `up --dry-run` ask for. */
export const runRequest = z.object({
  config: clusterFile,
  nodes: z.array(nodeName).min(1).describe('The nodes that take part; the control plane is among them'),
  mode: z.enum(['apply', 'check']).default('apply').describe('check: only look, and say what would change'),
  until: z.string().optional().describe('Last phase to run'),
  skip: z.array(z.string()).default([]).describe('Phases to leave out'),
  limit: z.array(nodeName).default([]).describe('Run steps of these nodes only; empty: of all'),
  timeoutSeconds: z.number().int().positive().optional().describe('Limit of the whole run, seconds'),
  spentSeconds: z
    .number()
    .nonnegative()
    .optional()
    .describe('How much of that limit had passed before the request, as while waiting for nodes, seconds'),
  mirror: z.string().optional().describe('The mirror tree (directory or URL) to use instead of the internet'),
  settings: clusterSettings
    .omit({ mirror: true })
    .optional()
    .describe('How the configuration was said, to be remembered so; default: `config` as a whole'),
});
/** See {@link runRequest}. */
export type RunRequest = z.infer<typeof runRequest>;

/** Answer to a run request. */
export const runStarted = z.object({
  runId,
  resumed: z.boolean().describe('true: an unfinished run of the same input goes on'),
  from: z
    .object({
      createdAt: isoTime,
      version: z.string().optional().describe('Version of the coordinator that made its plan'),
      file: z.string().optional().describe('Path of the cluster file, whose content of then still counts'),
      mirror: z.string().optional().describe('The mirror tree that it takes everything from'),
      samePlan: z.boolean().describe('false: this coordinator would plan it differently today'),
    })
    .optional()
    .describe('What a resumed run still goes by'),
});
/** See {@link runStarted}. */
export type RunStarted = z.infer<typeof runStarted>;

/** Which failed nodes to try again. */
export const retryRequest = z.object({
  nodes: z.array(executorName).default([]).describe('Only these; empty: all that have failed'),
});

/** Where a step stands. waiting: between two attempts. */
export const stepStatus = z.enum(['pending', 'running', 'waiting', 'done', 'failed', 'skipped']);
/** See {@link stepStatus}. */
export type StepStatus = z.infer<typeof stepStatus>;

/** Outcome of a run, or that it is under way. */
export const runStatus = z.enum(['running', 'ready', 'refused', 'failed', 'timed-out', 'cancelled']);
/** See {@link runStatus}. */
export type RunStatus = z.infer<typeof runStatus>;

/** When an attempt of a step was at work. */
export const span = z.object({ startedAt: isoTime, finishedAt: isoTime });
/** See {@link span}. */
export type Span = z.infer<typeof span>;

/** A step as people see it. */
export const stepView = z.object({
  id: z.string(),
  phase: z.string(),
  node: executorName.describe('The node whose fate it decides'),
  executor: executorName.describe('Where it runs'),
  title: z.string(),
  status: stepStatus,
  attempts: z.number().int().describe('Attempts that have begun'),
  startedAt: isoTime.optional().describe('When its first attempt began'),
  finishedAt: isoTime.optional().describe('When it ended for good'),
  spans: z
    .array(span)
    .optional()
    .describe('When the attempts that have ended were at work, without the pauses between'),
  attemptStartedAt: isoTime.optional().describe('When the running attempt began'),
  attemptEndsBy: isoTime.optional().describe('When the time limit of the running attempt passes'),
  nextAttemptAt: isoTime.optional().describe('When a step that waits between two attempts is tried again'),
  attemptsLeft: z.number().int().optional().describe('How many attempts a step that waits for its next one still has'),
  waitsFor: z
    .array(z.string())
    .optional()
    .describe('Ids of steps that must end before a pending one can begin, those under way or failed first; at most 8'),
  waiting: reasons
    .optional()
    .describe('Why what the running attempt waits for is not there yet, once it has waited for ten seconds'),
  tasks: z.array(taskResult).describe("Results of the last attempt's tasks"),
  failure: failure.optional().describe('Why it failed or was skipped'),
});
/** See {@link stepView}. */
export type StepView = z.infer<typeof stepView>;

/** A run as people see it. */
export const runView = z.object({
  runId,
  mode: z.enum(['apply', 'check']),
  job: jobTitle.optional(),
  status: runStatus,
  createdAt: isoTime,
  finishedAt: isoTime.optional(),
  standing: z.literal(true).optional().describe('Set while it is unfinished and no coordinator keeps it going'),
  deadline: isoTime.optional().describe('When its time limit ends it, while it is under way'),
  controlPlane: nodeName,
  phases: z.array(z.object({ name: z.string(), title: z.string() })),
  nodes: z.array(
    z.object({
      name: nodeName,
      status: z.enum(['ok', 'unreachable', 'failed', 'removed']),
      failure: failure.optional().describe('Why it failed: the first cause'),
    }),
  ),
  steps: z.array(stepView),
  basis: runBasis
    .pick({ version: true, settings: true, mirror: true })
    .optional()
    .describe('What it goes by; runs of older versions have none'),
});
/** See {@link runView}. */
export type RunView = z.infer<typeof runView>;

/** A run in a list. */
export const runSummary = runView.pick({
  runId: true,
  mode: true,
  job: true,
  status: true,
  createdAt: true,
  finishedAt: true,
  standing: true,
});
/** See {@link runSummary}. */
export type RunSummary = z.infer<typeof runSummary>;

const identified = z.object({ id: runId });

/** The routes about plans and runs. */
export const runRoutes = {
  plan: route({
    method: 'POST',
    path: '/v1/plan',
    summary: 'Makes the plan of a run without starting it.',
    auth: 'operator',
    body: runRequest,
    reply: { kind: 'json', schema: plan },
    errors: ['preflight'],
  }),
  runs: route({
    method: 'GET',
    path: '/v1/runs',
    summary: 'Lists the runs, oldest first, dry runs among them.',
    auth: 'operator',
    reply: { kind: 'json', schema: z.array(runSummary) },
    errors: [],
  }),
  startRun: route({
    method: 'POST',
    path: '/v1/runs',
    summary: 'Starts a run, or resumes the unfinished one of the same input.',
    auth: 'operator',
    body: runRequest,
    reply: { kind: 'json', schema: runStarted },
    errors: ['preflight', 'refused'],
  }),
  run: route({
    method: 'GET',
    path: '/v1/runs/:id',
    summary: 'Shows a run with all its steps.',
    auth: 'operator',
    params: identified,
    reply: { kind: 'json', schema: runView },
    errors: [],
  }),
  retryRun: route({
    method: 'POST',
    path: '/v1/runs/:id/retry',
    summary: 'Tries the failed steps of the newest run again that was no dry run.',
    auth: 'operator',
    params: identified,
    body: retryRequest,
    reply: { kind: 'json', schema: runView },
    errors: [],
  }),
  cancelRun: route({
    method: 'POST',
    path: '/v1/runs/:id/cancel',
    summary: 'Ends an unfinished run early, whether it is under way or stands still.',
    auth: 'operator',
    params: identified,
    reply: { kind: 'json', schema: runView },
    errors: [],
  }),
};
