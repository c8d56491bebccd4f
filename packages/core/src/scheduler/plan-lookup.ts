import { type Plan, type Step, VhiveError } from '@vhive/shared';

/**
 * What the scheduler looks up in a plan. Steps are named by their index in `plan.steps`. The lookup is made once per
 * run and never changed.
 */
export interface PlanLookup {
  /** The index of each step, by its id. */
  readonly indexes: ReadonlyMap<string, number>;
  /** For each step, the indexes of the steps that it needs. */
  readonly needs: readonly (readonly number[])[];
  /** For each step, the indexes of the steps that must have ended before it, well or not. */
  readonly after: readonly (readonly number[])[];
  /** For each step, the indexes of the steps that need it. */
  readonly neededBy: readonly (readonly number[])[];
  /** For each step, the indexes of the steps that wait for its end, well or not. */
  readonly awaitedBy: readonly (readonly number[])[];
  /** For each node, the indexes of the steps that decide its fate. */
  readonly ofNode: ReadonlyMap<string, readonly number[]>;
  /** For each executor, the indexes of the steps that it carries out. */
  readonly ofExecutor: ReadonlyMap<string, readonly number[]>;
}

/**
 * Builds the lookup of a plan. Throws a VhiveError `internal` when a step waits for one that is not in the plan. A plan
 * is made without such waits, so the id must be wrong, and to ignore it would let the step run too early.
 */
export function lookupOf(plan: Plan): PlanLookup {
  const indexes = new Map(plan.steps.map((step, index) => [step.id, index]));
  const placesOf = (step: Step, ids: readonly string[]) =>
    [...new Set(ids)].map((id) => {
      const index = indexes.get(id);
      if (index !== undefined) return index;
      throw new VhiveError({
        code: 'internal',
        message: `the plan is wrong: ${step.id} waits for ${id}, which is not in the plan`,
      });
    });
  const needs = plan.steps.map((step) => placesOf(step, step.needs));
  const after = plan.steps.map((step) => placesOf(step, step.after));
  return {
    indexes,
    needs,
    after,
    neededBy: inverse(needs),
    awaitedBy: inverse(after),
    ofNode: Map.groupBy(plan.steps.keys(), (index) => plan.steps[index]?.node ?? ''),
    ofExecutor: Map.groupBy(plan.steps.keys(), (index) => plan.steps[index]?.executor ?? ''),
  };
}

function inverse(edges: readonly (readonly number[])[]): number[][] {
  const result: number[][] = edges.map(() => []);
  for (const [from, targets] of edges.entries()) for (const to of targets) result[to]?.push(from);
  return result;
}
