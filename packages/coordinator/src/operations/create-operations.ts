import type { JoinTokens } from '../trust/join-tokens.ts';
import { type ClusterParts, clusterOperations } from './cluster.ts';
import { Followers } from './followers.ts';
import { type JobParts, jobOperations } from './jobs.ts';
import { logOperations } from './logs.ts';
import { NewestProgress } from './newest-progress.ts';
import { nodeOperations } from './nodes.ts';
import type { Operations } from './operations.ts';
import { type RunParts, runOperations } from './runs.ts';
import { type StreamParts, streamOperations } from './stream.ts';
import { tokenOperations } from './tokens.ts';
import { type UsageParts, usageOperations } from './usage.ts';

/** The parts of the coordinator on which the operations act. */
export interface OperationParts
  extends Omit<ClusterParts & RunParts & JobParts & StreamParts & UsageParts, 'newest' | 'followers'> {
  tokens: JoinTokens;
}

/** Makes the operations of a running coordinator, area by area. */
export function createOperations(given: OperationParts): Operations {
  const newest = new NewestProgress();
  given.progress.on('progress', (executor, said) => newest.hear(executor, said));
  const parts = { ...given, newest, followers: new Followers() };
  return {
    ...clusterOperations(parts),
    ...nodeOperations(parts.nodes),
    ...tokenOperations(parts.tokens),
    ...runOperations(parts),
    ...jobOperations(parts),
    ...logOperations(parts.logs),
    ...streamOperations(parts),
    ...usageOperations(parts),
  };
}
