import * as z from 'zod';
import { clusterName, isoTime } from '../names.ts';
import { applicantView, nodeView } from './nodes.ts';
import { route } from './route.ts';
import { runView } from './runs.ts';

/** The whole picture for `status`. */
export const statusView = z.object({
  cluster: z.string(),
  version: z.string().describe('Version of the coordinator'),
  time: isoTime,
  natsVersion: z.string(),
  rejected: z.record(z.string(), z.number()).describe('Messages that the coordinator dropped, by reason'),
  nodes: z.array(nodeView),
  applicants: z.array(applicantView).optional().describe('Hosts that asked to be let in and were refused'),
  run: runView.nullable().describe('The newest run that is no dry run'),
});
/** See {@link statusView}. */
export type StatusView = z.infer<typeof statusView>;

/** A sign of life of the coordinator. */
export const health = z.object({
  status: z.literal('ok'),
  cluster: clusterName,
  version: z.string().describe('Version of the coordinator'),
});

/** The routes about the coordinator and its cluster as a whole. */
export const clusterRoutes = {
  health: route({
    method: 'GET',
    path: '/v1/health',
    summary: 'Tells that the coordinator is alive, and of which cluster it is.',
    auth: 'everybody',
    reply: { kind: 'json', schema: health },
    errors: [],
  }),
  status: route({
    method: 'GET',
    path: '/v1/status',
    summary: 'Shows the coordinator, the nodes and the newest run.',
    auth: 'operator',
    reply: { kind: 'json', schema: statusView },
    errors: [],
  }),
  openapi: route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description of the API, as an OpenAPI 3.1 document.',
    auth: 'everybody',
    reply: { kind: 'json', schema: z.object({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }) },
    errors: [],
  }),
};
