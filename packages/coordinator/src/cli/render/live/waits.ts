import { COORDINATOR, type RunView, type StepView } from '@vhive/shared';

/** Waits for steps that themselves have not begun are followed so many times. */
const DEEPEST = 12;
const MOST_NAMED = 2;

/**
 * Names what keeps a pending step from beginning: steps that are under way or failed, not points in the plan on the way
 * to them. Empty where nothing is known.
 */
export function waitText(step: StepView, { steps }: Pick<RunView, 'steps'>): string {
  const byId = new Map(steps.map((one) => [one.id, one]));
  const found = new Map<string, string>();
  let front = [step];
  for (let depth = 0; depth < DEEPEST && front.length > 0 && found.size === 0; depth++) {
    const next = new Set<StepView>();
    for (const { waitsFor = [] } of front)
      for (const id of waitsFor) {
        const other = byId.get(id);
        if (other === undefined) continue;
        if (other.status === 'pending' && other.waitsFor !== undefined) next.add(other);
        else found.set(id, `${other.node === COORDINATOR ? 'coordinator' : other.node} ${phaseOf(other)}`);
      }
    front = [...next];
  }
  const names = [...new Set(found.values())];
  if (names.length === 0) return '';
  const more = names.length - MOST_NAMED;
  return `waits for ${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Downloads are told apart by their titles. All of a node's steps of a phase are one thing to a person. */
function phaseOf({ phase, node, title }: StepView): string {
  return node === COORDINATOR ? `${phase} (${title})` : phase;
}
