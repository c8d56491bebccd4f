import { type Plan, type Step, VhiveError } from '@vhive/shared';

/** What the scheduler looks up in a plan, by a step's place in it. Made once per run; never changed. */
export interface PlanIndex {
  /** Step id to place. */
  readonly places: ReadonlyMap<string, number>;
  /** Places of the steps each step needs. */
  readonly needs: readonly (readonly number[])[];
  /** Places of the steps each step waits for, done or not. */
  readonly after: readonly (readonly number[])[];
  /** Places of the steps that need each step. */
  readonly neededBy: readonly (readonly number[])[];
  /** Places of the steps that wait for each step. */
  readonly awaitedBy: readonly (readonly number[])[];
  /** Places of the steps that decide a node's fate. */
  readonly ofNode: ReadonlyMap<string, readonly number[]>;
  /** Places of the steps an executor runs. */
  readonly ofExecutor: ReadonlyMap<string, readonly number[]>;
}

/**
 * Builds the index. Throws an internal error when a step waits for one that is not in the plan: a plan is made without
 * such waits, so the id is wrong, and to leave it out would let the step run too early.
 */
export function indexPlan(plan: Plan): PlanIndex {
  const places = new Map(plan.steps.map((step, place) => [step.id, place]));
  const placesOf = (step: Step, ids: readonly string[]) =>
    [...new Set(ids)].map((id) => {
      const place = places.get(id);
      if (place !== undefined) return place;
      throw new VhiveError({
        code: 'internal',
        message: `the plan is wrong: ${step.id} waits for ${id}, which is not in the plan`,
      });
    });
  const needs = plan.steps.map((step) => placesOf(step, step.needs));
  const after = plan.steps.map((step) => placesOf(step, step.after));
  return {
    places,
    needs,
    after,
    neededBy: inverse(needs),
    awaitedBy: inverse(after),
    ofNode: Map.groupBy(plan.steps.keys(), (place) => plan.steps[place]?.node ?? ''),
    ofExecutor: Map.groupBy(plan.steps.keys(), (place) => plan.steps[place]?.executor ?? ''),
  };
}

function inverse(edges: readonly (readonly number[])[]): number[][] {
  const result: number[][] = edges.map(() => []);
  for (const [from, targets] of edges.entries()) for (const to of targets) result[to]?.push(from);
  return result;
}
