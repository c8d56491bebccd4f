import type { EventEmitter } from 'node:events';
import { ignoring } from '@vhive/base/ignoring';
import { COORDINATOR, defined, type Progress, VhiveError } from '@vhive/shared';
import { artifactFetchAction } from '../actions/artifact-action.ts';
import { imageFetchAction } from '../actions/image-action.ts';
import { preflightCluster } from '../actions/preflight-cluster.ts';
import { artifactLocalAction, vhiveTreeAction } from '../actions/vhive-tree-action.ts';
import type { ArtifactSources } from '../artifacts/artifact-fetch.ts';
import type { LogStore } from '../nats/log-store.ts';
import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import { type CoordinatorActions, runCoordinatorStep } from '../runs/coordinator-steps.ts';
import type { RunPorts } from '../runs/run-execution.ts';

/** Generators have so many times as long to start as they were seen to take. */
const START_ROOM = 4;

/** The parts of the coordinator that its own steps act on. */
export interface LocalStepParts {
  nodes: NodeRegistry;
  /** Where artifacts come from: this mirror tree or, without one, what this coordinator takes by default. */
  sources(mirror: string | undefined): ArtifactSources;
  logs: LogStore;
  progress: EventEmitter<{ progress: [executor: string, progress: Progress] }>;
}

/**
 * Runs the steps that the coordinator itself executes. Their output goes to the same log as the output of the agents'
 * steps.
 */
export function localSteps(parts: LocalStepParts): RunPorts['runLocally'] {
  const table = (sources: ArtifactSources): CoordinatorActions => ({
    'artifact.fetch': (params, context) => artifactFetchAction(sources)(params, context),
    'artifact.local': (params, { mode }) => artifactLocalAction(params, sources.store, mode),
    'vhive.tree': (params, { mode }) => vhiveTreeAction(params, sources.store, mode),
    'image.fetch': (params, context) => imageFetchAction(sources)(params, context),
    'load.begin': async ({ leadMs, startMs }) => ({
      // It takes longer when all that share a machine start at once.
      outputs: { startAtMs: Date.now() + leadMs + START_ROOM * Math.max(0, ...startMs) },
      status: 'unchanged',
    }),
    'preflight.cluster': async (params, context) => {
      const outputs = preflightCluster(params, parts.nodes.views());
      const errors = outputs.findings.filter((finding) => finding.level === 'error');
      for (const { level, message } of outputs.findings) context.log(`${level}: ${message}`);
      if (errors.length === 0) return { outputs, status: 'unchanged' };
      throw new VhiveError({
        code: 'preflight',
        message: errors.map((finding) => finding.message).join('; '),
        hint: errors.map((finding) => finding.hint).find((hint) => hint !== undefined),
      });
    },
  });
  return (command, signal, created) => {
    const { runId, stepId, phase, attemptId } = command;
    return runCoordinatorStep(
      command,
      table(parts.sources(created.basis?.mirror)),
      {
        log(task, text) {
          const lines = [{ at: new Date().toISOString(), taskId: task.id, stream: 'agent' as const, text }];
          parts.logs
            .append(COORDINATOR, { type: 'log', runId, stepId, phase, attemptId, lines })
            .catch(ignoring('a line of output that cannot be stored must not fail its step'));
        },
        progress(task, index, status, detail) {
          parts.progress.emit('progress', COORDINATOR, {
            type: 'task.progress',
            ...{ runId, stepId, attemptId, taskId: task.id, title: task.title },
            ...{ index, count: command.tasks.length, status },
            ...defined({ detail }),
          });
        },
      },
      signal,
    );
  };
}
