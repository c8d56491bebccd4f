import type { Readable } from 'node:stream';
import {
  type FailureCode,
  isFailureCode,
  type JobRequest,
  type Plan,
  type RunView,
  type StepView,
  VhiveError,
} from '@vhive/shared';
import { withExisting } from '../attach.ts';
import type { ApiClient } from '../client/client.ts';
import type { CliContext } from '../context.ts';
import { chooseReporter } from '../follow/choose-reporter.ts';
import { followRun } from '../follow/follow-run.ts';
import type { FollowedRun } from '../follow/followed-run.ts';
import type { Reporter } from '../follow/reporter.ts';
import type { SaidCoordinatorFlags } from '../options/coordinator-options.ts';

/** How long a job that was told to end may take for it, in milliseconds. */
const END_MS = 15_000;

/** A job that was done. */
export interface DoneJob {
  view: RunView;
  plan: Plan;
  /** The outputs of a task, as the schema of its action says; undefined where the step has none. */
  outputs(stepId: string, taskId: string): unknown;
  /** Opens a file that a step has published. */
  openFile(sha256: string): Promise<Readable>;
  /** Removes it from the coordinator's store. */
  removeFile(sha256: string): Promise<void>;
}

/** How a job is followed. */
export interface JobOptions {
  signal: AbortSignal;
  /** Who tells how it goes; default: as the output asks for it. It is closed at the end. */
  reporter?: Reporter;
}

/** A job, or what makes one once the coordinator answers. */
export type AskedJob = JobRequest | ((client: ApiClient) => Promise<JobRequest>);

/**
 * Has agents do a job, follows it to its end and gives it to `work` while the coordinator answers. An abort ends the job.
 * Throws the failure of the first step that failed, `refused` while a run is under way, and `unreachable` where nodes or
 * the coordinator do not answer.
 */
export async function withJob<T>(
  asked: AskedJob,
  flags: SaidCoordinatorFlags,
  context: CliContext,
  { signal, reporter: given }: JobOptions,
  work: (done: DoneJob) => Promise<T>,
): Promise<T> {
  return await withExisting(
    flags,
    context,
    async (client, connection) => {
      const job = typeof asked === 'function' ? await asked(client) : asked;
      const reporter = given ?? (await chooseReporter(context.io));
      try {
        const { runId } = await client.startJob({ job });
        reporter.started({ runId, resumed: false });
        const run = await followRun(connection, runId, reporter, signal).catch(async (cause: unknown) => {
          if (signal.aborted) await endJob(client, connection, runId, reporter);
          throw cause;
        });
        reporter.close();
        return await work(doneJob(run, client));
      } finally {
        reporter.close();
      }
    },
    { withHosts: true, hearNodes: true },
  );
}

/** Cancels a job and waits until nothing of it is under way. */
async function endJob(
  client: ApiClient,
  connection: Parameters<typeof followRun>[0],
  runId: string,
  reporter: Reporter,
): Promise<void> {
  await client.cancelRun({ id: runId });
  await followRun(connection, runId, reporter, AbortSignal.timeout(END_MS));
}

function doneJob(run: FollowedRun, client: ApiClient): DoneJob {
  const { view, plan } = run;
  if (view === undefined || plan === undefined) throw new Error('a job that has ended has begun');
  if (view.status !== 'ready') throw failureOf(view);
  const { runId } = view;
  return {
    view,
    plan,
    outputs: (stepId, taskId) => run.outputs(stepId)?.[taskId],
    openFile: (sha256) => client.jobFile({ id: runId, sha256 }),
    removeFile: (sha256) => client.removeJobFile({ id: runId, sha256 }),
  };
}

/** Returns what a person needs to know of a job that was not done: the first cause, and where it was met. */
function failureOf(view: RunView): VhiveError {
  // What ended because of another failure ended after it.
  const ended = ({ finishedAt = '' }: StepView) => finishedAt;
  const [failed] = view.steps
    .filter(({ status }) => status === 'failed')
    .toSorted((one, other) => ended(one).localeCompare(ended(other)));
  const node = view.nodes.find(({ failure }) => failure !== undefined);
  const failure = failed?.failure ?? node?.failure;
  const where = failed?.node ?? node?.name;
  return new VhiveError({
    code: codeOf(view, failure?.code ?? ''),
    message: failure === undefined ? `the job ended: ${view.status}` : `${where}: ${failure.message}`,
    hint: failure?.hint ?? `see its output: vhive-coord logs --run ${view.runId}`,
  });
}

function codeOf({ status }: RunView, code: string): FailureCode {
  if (status === 'cancelled') return 'interrupted';
  if (status === 'timed-out') return 'timeout';
  return isFailureCode(code) ? code : 'step-failed';
}
