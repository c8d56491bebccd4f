import * as z from 'zod';
import { clusterName, isoTime, nodeName, runId } from './names.ts';

/** A value that was said by a flag or a variable in the place of a field of the cluster file. */
const saidValue = z.object({
  path: z.array(z.string()).min(1).describe('The keys that lead to the field'),
  value: z.unknown(),
  where: z.string().describe('The flag or variable, such as `--nodes` or `VHIVE_NODES`'),
});

/**
 * What an operator wants of a cluster, as it was said: the cluster file, and what flags and variables put in the place
 * of its fields. Defaults are not in it.
 */
export const clusterSettings = z.object({
  file: z
    .object({ path: z.string().describe('The path as it was given'), text: z.string() })
    .optional()
    .describe('The cluster file'),
  said: z.array(saidValue).default([]).describe('Later ones win over earlier ones, and all of them over the file'),
  mirror: z
    .string()
    .optional()
    .describe(
      'The mirror tree (directory or URL) that stands for the internet; `internet`: none, whatever was said earlier',
    ),
});
/** See {@link clusterSettings}. */
export type ClusterSettings = z.infer<typeof clusterSettings>;

/** What a run goes by, from its beginning to its end, however often it is resumed. */
export const runBasis = z.object({
  version: z.string().describe('The version of the coordinator that made the plan'),
  settings: clusterSettings,
  mirror: z
    .string()
    .optional()
    .describe(
      'The mirror tree that it takes everything from: the one of the settings, else the default of that coordinator',
    ),
  config: z
    .record(z.string(), z.unknown())
    .describe('The cluster configuration of which the plan was made, defaults included'),
  addresses: z.record(z.string(), z.string()).describe('The addresses of the nodes for cluster traffic, by name'),
});
/** See {@link runBasis}. */
export type RunBasis = z.infer<typeof runBasis>;

/** A node that is a member of the Kubernetes cluster. */
const clusterMember = z.object({
  since: isoTime.describe('When it was last seen to be a member'),
  role: z.enum(['control-plane', 'worker', 'single']),
  address: z.string().describe('Its address for cluster traffic then'),
});
/** The members of a cluster, by the names of their nodes. */
export const clusterMembers = z.record(nodeName, clusterMember);
/** See {@link clusterMembers}. */
export type ClusterMembers = z.infer<typeof clusterMembers>;

/** How the coordinator of a cluster answers, which agents and later commands must find as it was. */
export const coordinatorSettings = z.object({
  cluster: clusterName,
  httpsPort: z.number().int(),
  natsPort: z.number().int(),
  nats: z.string().optional().describe('The URL of an external NATS server'),
});
/** See {@link coordinatorSettings}. */
export type CoordinatorSettings = z.infer<typeof coordinatorSettings>;

/**
 * What a cluster remembers: the content of `<state-dir>/cluster.json`. The settings are those of the newest run that has
 * begun to change hosts; a run that was refused before leaves no trace here.
 */
export const clusterRecord = z.object({
  v: z.literal(1),
  coordinator: coordinatorSettings.optional(),
  run: z.object({ runId, basis: runBasis }).optional(),
  members: clusterMembers.default({}),
});
/** See {@link clusterRecord}. */
export type ClusterRecord = z.infer<typeof clusterRecord>;

/** The name of the file in the state directory that holds the {@link clusterRecord}. */
export const CLUSTER_RECORD_FILE = 'cluster.json';

/** What stands in the place of a mirror tree where everything is to come from the internet again. */
export const FROM_INTERNET = 'internet';

/** What makes a state directory that of a simulation: the content of its {@link SIMULATION_FILE}. */
export const simulationRecord = z.object({
  hosts: z.number().int().positive(),
  cacheDir: z.string().describe('The machines are below `simulation` in it'),
});
/** See {@link simulationRecord}. */
export type SimulationRecord = z.infer<typeof simulationRecord>;

/** The name of the file in the state directory of a simulation that holds the {@link simulationRecord}. */
export const SIMULATION_FILE = 'simulation.json';
