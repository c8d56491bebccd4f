import { outputRef } from '@vhive/shared';

/** Ids of the steps whose outputs stand unresolved in params, each once. */
export function unresolvedSteps(value: unknown): string[] {
  const steps = new Set<string>();
  const visit = (inner: unknown) => {
    if (inner === null || typeof inner !== 'object') return;
    if ('$output' in inner) {
      const reference = outputRef.safeParse(inner);
      if (reference.success) {
        steps.add(reference.data.$output.step);
        return;
      }
    }
    for (const child of Array.isArray(inner) ? inner : Object.values(inner)) visit(child);
  };
  visit(value);
  return [...steps];
}
