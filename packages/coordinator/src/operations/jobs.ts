import { ignoring } from '@vhive/base/ignoring';
import { planOfJob } from '@vhive/core/jobs/index';
import { clusterFile, defined, type NodeView, VhiveError } from '@vhive/shared';
import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import type { ClusterMemory } from '../runs/cluster-memory.ts';
import { inputHash } from '../runs/input-hash.ts';
import type { Runner } from '../runs/runner.ts';
import type { Followers } from './followers.ts';
import type { Operations } from './operations.ts';
import { controlPlaneAmong, nodeNamed } from './planning.ts';

/** A node of a job that falls silent is given up after this time, in milliseconds. */
const GIVE_UP_AFTER_MS = 60_000;
/** A job that nobody has followed for so long is ended: the command that asked for it was killed. Milliseconds. */
const ABANDONED_AFTER_MS = 15_000;

/** Finds a file that a step of a job has published, by the job's run and its hash. Throws `usage` where there is none. */
export type FindJobFile = (runId: string, sha256: string) => Promise<{ path: string; bytes: number }>;

/** The parts on which the operations on jobs act. */
export interface JobParts {
  nodes: NodeRegistry;
  runner: Runner;
  memory: Pick<ClusterMemory, 'record'>;
  followers: Followers;
  findJobFile: FindJobFile;
  /** Removes a file from the store. */
  removeFile(sha256: string): Promise<void>;
}

/** The operations by which agents are asked to do something once. */
export function jobOperations(parts: JobParts): Pick<Operations, 'startJob' | 'removeJobFile'> {
  const { nodes, runner, memory, followers } = parts;
  return {
    async removeJobFile({ id, sha256 }) {
      await parts.findJobFile(id, sha256);
      await parts.removeFile(sha256);
    },
    async startJob({ job }) {
      const { run } = memory.record;
      const config = run === undefined ? undefined : clusterFile.parse(run.basis.config);
      const named = job.nodes.map((name) => nodeNamed(name, nodes, undefined));
      // Where there is no cluster yet, agents can do what needs none.
      const first = config === undefined ? named[0] : undefined;
      const controlPlane = first ?? controlPlaneAmong(nodes.views(), config ?? {});
      const chosen = named.length === 0 ? [controlPlane] : named;
      refuseSilent(chosen);
      const { plan, title } = planOfJob(job, { controlPlane, nodes: chosen, config });
      const { runId } = await runner.start({
        ...{ plan, mode: 'apply', job: title, giveUpAfterMs: GIVE_UP_AFTER_MS, unreachable: [] },
        inputHash: inputHash({ job: title, plan }),
        // What the coordinator itself fetches for it comes from where the cluster's comes from.
        ...defined({ basis: run?.basis }),
      });
      followers.onAbandoned(runId, ABANDONED_AFTER_MS, () => {
        runner.cancel(runId, 'nobody waits for it any more').catch(ignoring('it has ended, or the coordinator does'));
      });
      return { runId };
    },
  };
}

/** Throws where nodes do not answer: who asks for a job waits for its end. */
function refuseSilent(nodes: readonly NodeView[]): void {
  const silent = nodes.filter(({ status }) => status !== 'reachable').map(({ name }) => name);
  if (silent.length === 0) return;
  throw new VhiveError({
    code: 'unreachable',
    message: `no agent answers on ${silent.join(', ')}`,
    hint: 'look at them: vhive-coord nodes ls; on the host: systemctl status vhive-agent',
  });
}
