import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import type { UsageWatch } from '../nodes/usage-watch.ts';
import type { Operations } from './operations.ts';
import { nodeNamed } from './planning.ts';

/** Where what nodes use is heard. */
export interface UsageParts {
  nodes: NodeRegistry;
  usage: UsageWatch;
}

/** The operation by which it is watched what nodes use. */
export function usageOperations({ nodes, usage }: UsageParts): Pick<Operations, 'usage'> {
  return {
    usage({ nodes: list }, { signal }) {
      const names = list?.split(',');
      for (const name of names ?? []) nodeNamed(name, nodes, undefined);
      return usage.watch(names, signal);
    },
  };
}
