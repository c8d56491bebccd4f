import { outputsOfRun, type RunState } from '@vhive/core/scheduler/index';

/** The SHA-256 of each file that the finished steps of a run have published (`artifact.publish`). */
export function publishedFiles(state: RunState): Set<string> {
  const outputsOf = outputsOfRun(state);
  const published = state.plan.steps.flatMap(({ id, tasks }) =>
    tasks.flatMap((task) => {
      if (task.action !== 'artifact.publish') return [];
      const { artifact } = (outputsOf(id)?.[task.id] ?? {}) as { artifact?: { sha256: string } };
      return artifact === undefined ? [] : [artifact.sha256];
    }),
  );
  return new Set(published);
}
