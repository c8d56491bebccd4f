import type { RunEvent } from '@vhive/shared';

/** How the attempts of one step went, as the event store has them. */
export interface StepAttempts {
  dispatched: number;
  outcomes: string[];
  /** Whether the step was dispatched again although an attempt had ended well before. */
  repeated: boolean;
}

/** Attempts by step. */
function attemptsByStep(events: readonly RunEvent[]): Map<string, StepAttempts> {
  const steps = new Map<string, StepAttempts>();
  const of = (stepId: string) => {
    const known = steps.get(stepId) ?? { dispatched: 0, outcomes: [], repeated: false };
    steps.set(stepId, known);
    return known;
  };
  for (const event of events) {
    if (event.type === 'attempt.dispatched') {
      const step = of(event.stepId);
      step.dispatched += 1;
      step.repeated ||= step.outcomes.includes('ok');
    }
    if (event.type === 'attempt.finished') of(event.result.stepId).outcomes.push(event.result.outcome);
  }
  return steps;
}

/** Returns the steps with more than one attempt, and how each of their attempts went. */
export function repeatedSteps(events: readonly RunEvent[]): Record<string, string[]> {
  return Object.fromEntries(
    [...attemptsByStep(events)]
      .filter(([, { dispatched, outcomes }]) => dispatched > 1 || outcomes.length > 1)
      .map(([step, { outcomes }]) => [step, outcomes]),
  );
}

/** Returns the steps that were done again although they had been done. */
export function doneAgain(events: readonly RunEvent[]): string[] {
  return [...attemptsByStep(events)].flatMap(([step, { repeated }]) => (repeated ? [step] : []));
}
