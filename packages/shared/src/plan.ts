import * as z from 'zod';
import { executorName, nodeName } from './names.ts';

/** In a task's params: the value of an output of an earlier step, put in at dispatch. */
export const outputRef = z.object({
  $output: z.object({
    step: z.string(),
    task: z.string(),
    key: z.string(),
    entry: z
      .string()
      .optional()
      .describe('The entry of this name of an output that is a record: what was sealed for one node'),
    optional: z
      .boolean()
      .optional()
      .describe('true: null where there is no such output (yet); else the reference stays in place, unresolved'),
    within: z
      .string()
      .optional()
      .describe('A text in which the value takes the place of `{value}`; absent: the value itself'),
  }),
});
/** See {@link outputRef}. */
export type OutputRef = z.infer<typeof outputRef>;

/** One thing to bring about on a host: an action and its params. */
export const task = z.object({
  id: z.string().describe('Unique within the step'),
  title: z.string().describe('One line for a person: "containerd 2.2.3 in /usr/local"'),
  action: z.string().describe('A name of the actions map'),
  params: z
    .record(z.string(), z.unknown())
    .describe("As the action's params schema says; may hold output references until dispatch"),
  timeLimitMs: z.number().int().positive().optional().describe("Overrides the action's own limit, milliseconds"),
});
/** See {@link task}. */
export type Task = z.infer<typeof task>;

/** What happens when a step fails. */
export const stepPolicy = z.object({
  timeLimitMs: z.number().int().positive().describe('Per attempt, milliseconds'),
  retries: z
    .number()
    .int()
    .nonnegative()
    .describe('Further attempts after a failed one (interrupted ones do not count)'),
  backoffMs: z
    .number()
    .int()
    .nonnegative()
    .describe('Before the second attempt, milliseconds; doubles, with jitter, up to 60 s'),
  onFailure: z
    .enum(['fail-node', 'fail-run'])
    .describe('fail-node: the node takes no further part, the run goes on; fail-run: nothing new is started'),
});
/** See {@link stepPolicy}. */
export type StepPolicy = z.infer<typeof stepPolicy>;

/** A phase on one node. */
export const step = z.object({
  id: z.string().describe("`<phase>/<node>`, or `<phase>/<what>` for the coordinator's own"),
  phase: z.string(),
  /** Which agent runs it. */
  executor: executorName,
  /** The node whose fate it decides; the executor's own unless another node acts for it (a bootstrap token is made on the master). */
  node: executorName,
  title: z.string(),
  needs: z.array(z.string()).describe('Steps that must be done before. If one fails for good, this one is skipped'),
  after: z.array(z.string()).describe('Steps that must have ended before, done or not'),
  tasks: z.array(task),
  policy: stepPolicy,
  /**
   * Its outputs do not keep (a token that expires): done again before a step that needs it gets another attempt after a
   * failure.
   */
  volatile: z.boolean().optional(),
  group: z
    .object({ name: z.string(), limit: z.number().int().positive() })
    .optional()
    .describe('At most `limit` steps of the same group run at once'),
});
/** See {@link step}. */
export type Step = z.infer<typeof step>;

/** A graph of steps in topological order: a step's needs stand before it. */
export const plan = z.object({
  phases: z
    .array(z.object({ name: z.string(), title: z.string() }))
    .describe("Phases in order, as the product's table of contents names them; only those with steps here"),
  controlPlane: nodeName,
  nodes: z.array(nodeName),
  steps: z.array(step),
});
/** See {@link plan}. */
export type Plan = z.infer<typeof plan>;

/** Builds a reference to an output. Options as in {@link outputRef}. */
export function output(
  step: string,
  task: string,
  key: string,
  options: { entry?: string; optional?: boolean; within?: string } = {},
): OutputRef {
  return { $output: { step, task, key, ...options } };
}

/** All references to outputs within a value, at any depth. After dispatch: those whose value is not known. */
export function outputRefsIn(value: unknown): OutputRef[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(outputRefsIn);
  const reference = '$output' in value ? outputRef.safeParse(value) : undefined;
  return reference?.success ? [reference.data] : Object.values(value).flatMap(outputRefsIn);
}
