import type { LoadJob } from '@vhive/shared';
import type { JobContext, PlannedJob } from './job.ts';

export function planLoad(_job: LoadJob, { nodes, controlPlane }: JobContext): PlannedJob {
  return {
    title: 'load',
    plan: { phases: [], controlPlane: controlPlane.name, nodes: nodes.map(({ name }) => name), steps: [] },
  };
}
