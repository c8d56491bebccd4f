import { type AttemptSummary, COORDINATOR, type RunEvent } from '@vhive/shared';
import { type EventLine, eventLines, type ToldFailures } from '../render/event-lines.ts';
import { warningsOf, warningText } from '../render/noteworthy.ts';
import { alike, namesText } from './causes.ts';
import type { FollowedRun } from './followed-run.ts';

/** A warning of one node. */
interface Warned {
  node: string;
  text: string;
}

/**
 * Tells a run event by event, and says nothing twice: the same failure of another node only by name, and the warnings
 * of a phase when all of its nodes have looked, each once with the nodes that it is about.
 */
export class EventTeller {
  readonly #told: ToldFailures = new Set();
  readonly #warnings = new Map<string, Warned[]>();

  /** Writes what an event, which the run has taken in already, means to a person. */
  tell(event: RunEvent, run: FollowedRun): EventLine[] {
    if (event.type === 'run.retried') this.#told.clear();
    if (event.type === 'attempt.finished') this.#keepWarnings(event.result, run);
    const context = {
      mode: run.mode,
      job: run.job,
      step: (id: string) => run.step(id),
      givenUp: run.givenUp,
      phases: run.plan.phases.map(({ name }) => name),
    };
    return [...eventLines(event, context, this.#told), ...this.#warningLines(event, run)];
  }

  #keepWarnings(result: AttemptSummary, run: FollowedRun): void {
    const step = run.step(result.stepId);
    if (step === undefined) return;
    const found = warningsOf(result).map((finding) => ({ node: step.node, text: warningText(finding) }));
    if (found.length > 0) this.#warnings.set(step.phase, [...(this.#warnings.get(step.phase) ?? []), ...found]);
  }

  #warningLines(event: RunEvent, run: FollowedRun): EventLine[] {
    if (this.#warnings.size === 0) return [];
    const over = [...this.#warnings.keys()].filter((phase) => event.type === 'run.finished' || run.hasEnded(phase));
    const lines = over.flatMap((phase) => groupedWarnings(this.#warnings.get(phase) ?? []));
    for (const phase of over) this.#warnings.delete(phase);
    return lines.map((text) => ({ text, tone: 'warn' }));
  }
}

/** Writes each warning once, in the words of the first node that has it, with all nodes that have it. */
function groupedWarnings(warnings: readonly Warned[]): string[] {
  const groups = Map.groupBy(warnings, ({ node, text }) => alike(text, node));
  return [...groups.values()].map((group) => {
    const nodes = [...new Set(group.map(({ node }) => node))]
      .filter((node) => node !== COORDINATOR)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return `${nodes.length === 0 ? '' : `${namesText(nodes)}: `}${group[0]?.text ?? ''}`;
  });
}
