import * as z from 'zod';

/** The longest name of an experiment or a function of one, so that folders and Services can be named after it. */
const name = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens, such as cold-starts');
const seconds = (most: number) => z.number().min(0).max(most);
const labels = z.record(z.string().min(1).max(317), z.string().max(63));
const DAY = 86_400;

const functionEntry = z.strictObject({
  name: name.describe('The name of the function; with `count`, the copies are called name-0, name-1 and so on'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe('A Knative Service, next to this file; default: the function of this name that comes with vhive-coord'),
  count: z.int().min(1).max(10_000).default(1).describe('How many copies of it are deployed'),
  env: z.record(z.string().min(1), z.string()).default({}).describe('Variables of its environment'),
  minScale: z.int().min(0).max(10_000).optional().describe('At least so many pods are kept'),
  maxScale: z.int().min(0).max(10_000).optional().describe('At most so many pods are made; 0: without limit'),
  nodeSelector: labels.default({}).describe('Its pods run only on nodes with these labels'),
});

const load = z.strictObject({
  protocol: z
    .enum(['greeter', 'executor', 'http1', 'h2c'])
    .default('greeter')
    .describe('How functions are called: gRPC helloworld.Greeter, gRPC faas.Executor, HTTP/1.1, HTTP/2 without TLS'),
  rps: z.number().positive().max(1_000_000).default(1).describe('Calls per second, over all functions in turn'),
  durationSeconds: seconds(7 * DAY)
    .refine((value) => value > 0, 'must be more than 0')
    .default(60)
    .describe('How long calls are made, without the warm-up'),
  warmUpSeconds: seconds(DAY).default(0).describe('Calls are made so long before those that count'),
  arrivals: z
    .enum(['constant', 'poisson'])
    .default('constant')
    .describe('Whether calls are equally far apart, or come by chance'),
  connections: z
    .enum(['reuse', 'per-request'])
    .default('reuse')
    .describe('Whether a connection is made for each call, whose latency then includes it'),
  port: z.int().min(1).max(65_535).default(80).describe('The TCP port of the gateway'),
  timeoutSeconds: seconds(3_600).default(30).describe('A call without an answer has failed after this time'),
});

const reset = z.strictObject({
  to: z
    .enum(['zero', 'warm'])
    .default('zero')
    .describe('What the functions are brought to before each point: no pod at all, or one that has answered'),
  timeoutSeconds: seconds(DAY).default(300).describe('A point fails when that takes longer'),
});

const sweep = z.strictObject({
  mode: z
    .enum(['grid', 'paired'])
    .default('grid')
    .describe('grid: every combination of the values; paired: the first of each, the second of each and so on'),
  over: z
    .record(z.string().min(1), z.array(z.json()).min(1).max(1_000))
    .default({})
    .describe(
      'The values of any field of this file by its path, such as load.rps, cluster.sandbox, functions.0.minScale',
    ),
});

const collect = z.strictObject({
  usage: z.boolean().default(true).describe('CPU, memory and network of every node and pod, once per second'),
  logs: z.boolean().default(true).describe("What Knative's activator and autoscaler print meanwhile"),
});

const chosenLabels = labels.refine((value) => Object.keys(value).length > 0, 'must name a label');

const placement = z.strictObject({
  controlPlane: z
    .union([z.string().min(1).max(63), chosenLabels])
    .optional()
    .describe(
      'The node of the control plane: its name, or labels that kubernetes.nodeLabels of the cluster file gives to one node',
    ),
  load: z
    .union([z.array(z.string().min(1).max(63)).min(1).max(1_000), chosenLabels])
    .optional()
    .describe('The nodes that send the load: their names, or their labels; default: where this command runs'),
  functions: chosenLabels.optional().describe('Pods of functions run only on nodes with these labels'),
});

/** The file of an experiment: what is measured, how often, and on what. */
export const experimentFile = z.strictObject({
  name: name.describe('The name of the experiment'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(42)
    .describe('All that happens by chance follows from it'),
  repetitions: z.int().min(1).max(1_000).default(1).describe('How often each point is measured'),
  order: z
    .enum(['blocks', 'random', 'as-written'])
    .default('blocks')
    .describe('blocks: by chance, but points of the same cluster settings one after the other; random: by chance'),
  clusterFile: z
    .string()
    .min(1)
    .optional()
    .describe('A cluster file next to this one, to which the cluster is brought by `up` before a point that needs it'),
  cluster: z
    .record(z.string(), z.json())
    .optional()
    .describe('Fields that win over those of clusterFile; without one, the whole of the cluster file'),
  namespace: name.default('default').describe('The namespace of the functions'),
  functions: z.array(functionEntry).min(1).max(1_000).describe('The functions that are deployed for each point'),
  placement: placement.prefault({}),
  deployTimeoutSeconds: seconds(DAY).default(600).describe('A point fails when its functions are not Ready by then'),
  load: load.prefault({}),
  reset: reset.prefault({}),
  sweep: sweep.prefault({}),
  collect: collect.prefault({}),
  tearDown: z
    .enum(['functions', 'nothing'], {
      error: ({ input }) =>
        input === 'cluster'
          ? 'the cluster cannot be taken down yet: vhive-coord has no command that does it. functions or nothing'
          : undefined,
    })
    .default('functions')
    .describe('What is deleted after each point'),
});

/** An experiment file with its defaults. */
export type Experiment = z.infer<typeof experimentFile>;
