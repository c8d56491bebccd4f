import { join } from 'node:path';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import {
  CLUSTER_RECORD_FILE,
  type ClusterRecord,
  COORDINATOR,
  type CoordinatorSettings,
  clusterRecord,
  messageOf,
  type RunEvent,
  type RunEventOf,
  VhiveError,
} from '@vhive/shared';
import { isReal } from './real-run.ts';

/** What the coordinator remembers of its cluster from run to run. */
export interface ClusterMemory {
  /** What is remembered now. */
  readonly record: ClusterRecord;
  /** Takes in stored events of a run, and writes what follows from them. */
  runEvents(created: RunEventOf<'run.created'>, events: readonly RunEvent[]): Promise<void>;
  /** Remembers how this coordinator answers. */
  coordinator(settings: CoordinatorSettings): Promise<void>;
}

/** Opens the memory of a state directory. Throws code `internal` when its file cannot be understood. */
export async function openClusterMemory(stateDir: string): Promise<ClusterMemory> {
  const path = join(stateDir, CLUSTER_RECORD_FILE);
  let record = parsed(await readFileIfPresent(path), path);
  let onDisk = record;
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const newest = record;
    if (newest === onDisk) return;
    await writeFileAtomic(path, `${JSON.stringify(newest, null, 2)}\n`);
    onDisk = newest;
  };
  const take = (next: ClusterRecord): Promise<void> => {
    record = next;
    // Writes follow each other, so that the file ends as the newest record. One that failed is made up for by the next.
    writing = writing.then(write, write);
    return writing;
  };
  return {
    get record() {
      return record;
    },
    runEvents: (created, events) => take(recordAfter(record, created, events)),
    coordinator: (settings) =>
      take(
        JSON.stringify(settings) === JSON.stringify(record.coordinator) ? record : { ...record, coordinator: settings },
      ),
  };
}

/**
 * Returns what is remembered after these events of a run, which is the same object when nothing follows from them. The
 * settings of a run are remembered from its first step that changes a host on, so neither a dry run or job nor a run that
 * preflight refused changes them. A node counts as a member once kubeadm has made it one.
 */
function recordAfter(
  record: ClusterRecord,
  created: RunEventOf<'run.created'>,
  events: readonly RunEvent[],
): ClusterRecord {
  const { basis, runId, plan } = created;
  if (!isReal(created) || basis === undefined) return record;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  let next = record;
  for (const event of events) {
    if (event.type === 'attempt.dispatched') {
      const step = steps.get(event.stepId);
      const touchesHost = step !== undefined && step.phase !== 'preflight' && step.executor !== COORDINATOR;
      if (touchesHost && next.run?.runId !== runId) next = { ...next, run: { runId, basis } };
    }
    if (event.type !== 'attempt.finished') continue;
    const step = steps.get(event.result.stepId);
    const joined = event.result.tasks.some(
      ({ action, status }) =>
        (action === 'kubeadm.init' || action === 'kubeadm.join') && (status === 'changed' || status === 'unchanged'),
    );
    if (step === undefined || !joined) continue;
    const { node } = step;
    const role = node !== plan.controlPlane ? 'worker' : plan.nodes.length === 1 ? 'single' : 'control-plane';
    const member = { since: event.at, role, address: basis.addresses[node] ?? '' } as const;
    next = { ...next, members: { ...next.members, [node]: member } };
  }
  return next;
}

function parsed(text: string | undefined, path: string): ClusterRecord {
  if (text === undefined) return { v: 1, members: {} };
  try {
    return clusterRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new VhiveError({
      code: 'internal',
      message: `what the cluster remembers cannot be read: ${path}: ${messageOf(cause)}`,
      hint: `was it written by a newer version? Use that one; or move the file away and give all options of the cluster again`,
      cause,
    });
  }
}
