import * as z from 'zod';
import { executorName, nodeName } from './names.ts';

/**
 * A reference in the params of a task to an output of an earlier step. The value of the output takes its place when the
 * step is dispatched.
 */
export const outputRef = z.object({
  $output: z.object({
    step: z.string(),
    task: z.string(),
    key: z.string(),
    entry: z
      .string()
      .optional()
      .describe(
        'The name of the entry that is taken from the output, where the output is a record, such as what was sealed for one node',
      ),
    optional: z
      .boolean()
      .optional()
      .describe(
        'When true, null takes the place of an output that does not exist (yet); otherwise the reference stays in place, unresolved',
      ),
    within: z
      .string()
      .optional()
      .describe('A text in which the value takes the place of `{value}`; absent where the value itself is wanted'),
  }),
});
/** See {@link outputRef}. */
export type OutputRef = z.infer<typeof outputRef>;

/** One thing to bring about on a host, given by an action and its params. */
export const task = z.object({
  id: z.string().describe('The identifier of the task, which is unique within its step'),
  title: z
    .string()
    .describe('What the task brings about, in one line for a person, such as "containerd 2.2.3 in /usr/local"'),
  action: z.string().describe('The name of the action'),
  params: z
    .record(z.string(), z.unknown())
    .describe(
      "The params, as the action's schema describes them. They may hold references to outputs until the step is dispatched",
    ),
  timeLimitMs: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("The time limit that replaces the action's own, in milliseconds"),
  patience: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'How many times longer than usual the action itself waits for one thing, because a host that it depends on is slow; absent: 1',
    ),
});
/** See {@link task}. */
export type Task = z.infer<typeof task>;

/** What happens when a step fails. */
export const stepPolicy = z.object({
  timeLimitMs: z.number().int().positive().describe('The time limit of one attempt, in milliseconds'),
  retries: z
    .number()
    .int()
    .nonnegative()
    .describe('The number of further attempts after a failed one; interrupted attempts do not count'),
  backoffMs: z
    .number()
    .int()
    .nonnegative()
    .describe(
      'The wait before the second attempt, in milliseconds. It doubles with each further attempt, with jitter, up to 60 s',
    ),
  onFailure: z
    .enum(['fail-node', 'fail-run', 'cancel-run'])
    .describe(
      'With fail-node, the node takes no further part and the run goes on; with fail-run, nothing new is started; with cancel-run, what is under way is ended, too',
    ),
});
/** See {@link stepPolicy}. */
export type StepPolicy = z.infer<typeof stepPolicy>;

/** A step is a phase on one node. */
export const step = z.object({
  id: z
    .string()
    .describe('The identifier: `<phase>/<node>`, or `<phase>/<what>` for what the coordinator itself carries out'),
  phase: z.string(),
  /** Who carries the step out. */
  executor: executorName,
  /**
   * The node whose fate the step decides. It is the executor's own unless another node acts for it, as the control
   * plane does when it makes a bootstrap token for a worker.
   */
  node: executorName,
  title: z.string(),
  needs: z
    .array(z.string())
    .describe('The steps that must be done before this one. If one of them fails for good, this one is skipped'),
  after: z.array(z.string()).describe('The steps that must have ended before this one, well or not'),
  tasks: z.array(task),
  policy: stepPolicy,
  /**
   * The outputs of the step do not keep, such as a token that expires. It is therefore done again before a step that
   * needs it gets another attempt after a failure.
   */
  volatile: z.boolean().optional(),
  group: z
    .object({ name: z.string(), limit: z.number().int().positive() })
    .optional()
    .describe('The group of the step: at most `limit` steps of one group run at once'),
});
/** See {@link step}. */
export type Step = z.infer<typeof step>;

/** A plan is a graph of steps in topological order: whatever a step waits for stands before it. */
export const plan = z.object({
  phases: z
    .array(z.object({ name: z.string(), title: z.string() }))
    .describe('The phases that have steps in this plan, in the order of the list of all phases'),
  controlPlane: nodeName,
  nodes: z.array(nodeName),
  steps: z.array(step),
});
/** See {@link plan}. */
export type Plan = z.infer<typeof plan>;

/** Builds a reference to an output. The options are those of {@link outputRef}. */
export function output(
  step: string,
  task: string,
  key: string,
  options: { entry?: string; optional?: boolean; within?: string } = {},
): OutputRef {
  return { $output: { step, task, key, ...options } };
}

/**
 * Returns all references to outputs within a value, at any depth. After dispatch these are the references whose value
 * is not known.
 */
export function outputRefsIn(value: unknown): OutputRef[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(outputRefsIn);
  const reference = '$output' in value ? outputRef.safeParse(value) : undefined;
  return reference?.success ? [reference.data] : Object.values(value).flatMap(outputRefsIn);
}
