import { COORDINATOR, durationOf, type LoadJob, output, type Step, type Task } from '@vhive/shared';
import { task, timeLimitOf } from '../phases/kit/task.ts';
import type { JobContext, PlannedJob } from './job.ts';

const PHASE = 'load';
const BEGIN = 'load-begin/start';
const prepareStep = (node: string) => `load-prepare/${node}`;
const sendStep = (node: string) => `load-send/${node}`;

/** Where results are on a node until they are published. */
const RESULTS = '/var/lib/vhive-load';
/** What a call takes in the file of results, bytes: about 70 as measured, and some for errors. */
const BYTES_PER_CALL = 150;
/**
 * Between the moment at which the beginning is set and the beginning, generators are started, which takes as long as it
 * was seen to take on each node, and open connections. Commands to many nodes take a little longer.
 */
const LEAD_MS = 1_500;
const LEAD_MS_PER_NODE = 20;
/** What else than the load itself its step may take, milliseconds. */
const BESIDE_MS = 120_000;

/**
 * Plans a load from several nodes: all look whether they can send it, then the coordinator says when it begins, then all
 * send their shares and publish what became of each call. What fails on one node ends the load on all, and nothing is tried
 * again, because a load that was broken off cannot be gone on with.
 *
 * Outputs: those of `load.send` in the task `send`, and of `artifact.publish` in `publish`, of the step `load-send/<node>`.
 */
export function planLoad(job: LoadJob, { controlPlane }: Pick<JobContext, 'controlPlane'>): PlannedJob {
  const { nodes } = job;
  return {
    title: `load from ${nodes.join(', ')}`,
    plan: {
      phases: [{ name: PHASE, title: 'Load' }],
      controlPlane: controlPlane.name,
      nodes: [...nodes],
      steps: [
        ...nodes.map((node) => prepare(node, job)),
        begin(nodes),
        ...nodes.map((node, generator) => send(node, generator, job)),
      ],
    },
  };
}

function prepare(node: string, { nodes, endpoints, gateway, port, mostInFlight, sending }: LoadJob): Step {
  const shots = sending.from === 'shots' ? sending.count : (sending.rps * durationOf(sending)) / 1000;
  return stepOf(
    node,
    prepareStep(node),
    'the gateway answers, and there is room for results',
    [],
    [
      task('prepare', 'a load can be sent from here', 'load.prepare', {
        ...{ endpoints, gateway, port, mostInFlight, results: RESULTS },
        bytes: Math.ceil((shots / nodes.length) * BYTES_PER_CALL),
      }),
    ],
  );
}

function begin(nodes: readonly string[]): Step {
  const leadMs = LEAD_MS + nodes.length * LEAD_MS_PER_NODE;
  return stepOf(COORDINATOR, BEGIN, 'all begin at the same moment', nodes.map(prepareStep), [
    task('begin', 'the load begins as soon as every node can be ready', 'load.begin', {
      leadMs,
      startMs: nodes.map((node) => output(prepareStep(node), 'prepare', 'startMs')),
    }),
  ]);
}

function send(node: string, generator: number, job: LoadJob): Step {
  const { kind: _, nodes, ...calls } = job;
  const startAt = { step: BEGIN, task: 'begin', key: 'startAtMs' } as const;
  const results = output(startAt.step, startAt.task, startAt.key, { within: `${RESULTS}/{value}.jsonl.gz` });
  const share = { generator, generators: nodes.length };
  const timeLimitMs = durationOf(job.sending) + job.timeoutMs + BESIDE_MS;
  return stepOf(
    node,
    sendStep(node),
    `share ${generator + 1} of ${nodes.length} of the load`,
    [BEGIN],
    [
      task(
        'send',
        'calls are sent',
        'load.send',
        { ...calls, share, startAtMs: output(startAt.step, startAt.task, startAt.key), results },
        { timeLimitMs },
      ),
      task('publish', 'what became of each call', 'artifact.publish', { path: results, name: `calls from ${node}` }),
      task('remove', 'nothing is left on the node', 'file', { state: 'absent', path: results }),
    ],
  );
}

function stepOf(node: string, id: string, title: string, needs: string[], tasks: Task[]): Step {
  const timeLimitMs = tasks.reduce((sum, one) => sum + timeLimitOf(one), 0);
  return {
    ...{ id, phase: PHASE, executor: node, node, title, needs, after: [], tasks },
    policy: { timeLimitMs, retries: 0, backoffMs: 0, onFailure: 'cancel-run' },
  };
}
