import type { Catalogue, ComponentName } from '../../versions/catalogue.ts';
import { buildNode, type PhaseContext } from './context.ts';
import type { ManifestName, PhaseFacts, Users } from './facts.ts';
import type { Phase } from './phase.ts';

/** Folds what the enabled phases declare about themselves. */
export function phaseFacts(enabled: readonly Phase[], context: PhaseContext, catalogue: Catalogue): PhaseFacts {
  return {
    components: Object.entries(catalogue).flatMap(([name, component]) => {
      const arches = archesOf(usersOf(name as ComponentName, enabled, context), context);
      return arches.length === 0 ? [] : [{ name: name as ComponentName, component, arches }];
    }),
    units: (node) => enabled.flatMap((phase) => phase.units?.(context, node) ?? []),
    lastSteps: enabled.flatMap((phase) => phase.lastSteps?.(context) ?? []),
    lastNodeSteps: enabled.flatMap((phase) =>
      context.nodes.flatMap((node) => phase.lastNodeSteps?.(context, node) ?? []),
    ),
  };
}

function usersOf(name: ComponentName, enabled: readonly Phase[], { features }: PhaseContext): Users[] {
  return enabled.flatMap(({ components }) => {
    const need = components?.[name];
    if (need === undefined || typeof need === 'string') return need ?? [];
    return need.when(features) ? need.users : [];
  });
}

/** Returns the architectures of the nodes that need a component. */
function archesOf(users: readonly Users[], context: PhaseContext): string[] {
  const { nodes, controlPlane } = context;
  const using = { nodes, 'control-plane': [controlPlane], 'build-node': [buildNode(context)] };
  return [...new Set(users.flatMap((user) => using[user]).map((node) => node.facts.arch))].sort();
}

/** Returns the names that `manifestPatches` in the cluster file may have: those of the manifests that phases apply. */
export function knownManifests(phases: readonly Phase[]): readonly ManifestName[] {
  return phases.flatMap(({ manifests = [] }) => manifests);
}
