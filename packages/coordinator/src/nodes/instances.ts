import type { Facts, Heartbeat } from '@vhive/shared';
import { otherMachine } from './other-machine.ts';

/** A process of an agent, as its heartbeats show it. */
interface Instance {
  bootId: string;
  /** What it said of its machine; undefined while it has said nothing. */
  facts: Facts | undefined;
  since: string;
}

/** What {@link Instances.seen} found. */
export type InstanceVerdict =
  | { right: true }
  /** `facts` are those of the process that is refused, as far as it said them. */
  | { right: false; message: string; hint: string; facts: Facts | undefined };

/** The processes that work with the key of each node. There should be one: a second one is a copy of its disk. */
export interface Instances {
  /**
   * Judges a heartbeat of a node that enrolled with these facts. One from another machine is refused. A process that comes after another takes its place, as an agent that was started again. When the
   * one before it turns out to be alive, the later one is a copy, and is refused from then on.
   */
  seen(node: string, heartbeat: Heartbeat, enrolled: Facts): InstanceVerdict;
  forget(node: string): void;
}

/** Makes an empty list of instances. */
export function instances(): Instances {
  const nodes = new Map<string, { current: Instance; before: Instance | undefined; copies: Map<string, Instance> }>();
  return {
    seen(node, { bootId, facts }, enrolled) {
      const known = nodes.get(node);
      const fresh: Instance = { bootId, facts, since: new Date().toISOString() };
      if (facts !== undefined && otherMachine(enrolled.machineId, facts.machineId))
        return refusal(node, { ...fresh, facts: enrolled }, fresh);
      if (known === undefined) {
        nodes.set(node, { current: fresh, before: undefined, copies: new Map() });
        return { right: true };
      }
      const copy = known.copies.get(bootId);
      if (copy !== undefined) return refusal(node, known.current, copy);
      if (known.current.bootId === bootId) {
        known.current.facts = facts ?? known.current.facts;
        return { right: true };
      }
      if (known.before?.bootId === bootId) {
        // It lives, although another came after it.
        known.copies.set(known.current.bootId, known.current);
        known.current = known.before;
        known.before = undefined;
        return { right: true };
      }
      known.before = known.current;
      known.current = fresh;
      return { right: true };
    },
    forget: (node) => void nodes.delete(node),
  };
}

function refusal(node: string, right: Instance, copy: Instance): InstanceVerdict {
  return {
    right: false,
    facts: copy.facts,
    message: `two machines work with the key of node ${node}: ${described(right)}, and ${described(copy)}, which came second: was its disk copied?`,
    hint: `on the second alone, as root: vhive-agent uninstall --purge; then install it with a name of its own; node ${node} needs no change`,
  };
}

function described({ facts, since }: Instance): string {
  if (facts === undefined) return `one that was first heard of at ${since}`;
  const addresses = facts.interfaces.flatMap((card) => (card.up ? card.addresses : [])).slice(0, 4);
  return `${facts.hostname} (${addresses.join(', ') || 'no address'}; machine id ${facts.machineId})`;
}
