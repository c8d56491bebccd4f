import * as z from 'zod';
import { dnsLabel, executorName, isoTime, runId } from '../names.ts';
import { route } from './route.ts';

/** A line of output of a step. */
export const logLine = z.object({
  at: isoTime,
  runId,
  node: executorName,
  phase: z.string(),
  stepId: z.string(),
  attemptId: z.string(),
  taskId: z.string(),
  stream: z
    .enum(['stdout', 'stderr', 'agent'])
    .describe('stdout and stderr: of a command; agent: what the agent itself says about the task'),
  text: z.string().describe('Without secrets'),
});
/** See {@link logLine}. */
export type LogLine = z.infer<typeof logLine>;

/** Which lines are wanted. A field that is absent matches everything. */
const logQuery = z.object({
  run: runId.optional().describe('Only lines of this run'),
  node: executorName.optional().describe("Only lines of this node, or `@coordinator` for the coordinator's own"),
  phase: dnsLabel.optional().describe('Only lines of this phase'),
});

/** The routes about the output of steps. */
export const logRoutes = {
  logs: route({
    method: 'GET',
    path: '/v1/logs',
    summary: 'Sends the lines of output that are stored, and ends.',
    auth: 'operator',
    query: logQuery,
    reply: { kind: 'lines', schema: logLine },
    errors: [],
  }),
  followLogs: route({
    method: 'GET',
    path: '/v1/logs/follow',
    summary: 'Sends the stored lines of output, then each new one as it comes.',
    auth: 'operator',
    query: logQuery,
    reply: { kind: 'messages', schema: logLine },
    errors: [],
  }),
};
