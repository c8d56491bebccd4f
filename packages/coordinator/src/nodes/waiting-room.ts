import type { Facts } from '@vhive/shared';
import { addressGroup } from './node-address.ts';
import type { NodeRecord } from './node-record.ts';

/** No more nodes than this wait for approval. Anybody who reaches the port can ask, and each costs a file. */
const MOST_WAITING = 256;
/** No more than this from one address, so that one host cannot keep all others out. */
const MOST_WAITING_PER_ADDRESS = 16;
/** The most that one of them may say of itself, in characters of JSON. A host that is no node yet has little to say. */
const MOST_FACTS = 16 * 1024;

/**
 * Says why a host without a right to be let in cannot even wait for approval; undefined when it can. `all` are the nodes
 * that are known.
 */
export function mayWait(
  all: readonly NodeRecord[],
  from: string,
  facts: Facts,
): { message: string; hint: string } | undefined {
  const waiting = all.filter((record) => !record.approved);
  const fromThere = waiting.filter((record) => addressGroup(record.address) === addressGroup(from));
  const hint =
    'approve or remove some (vhive-coord nodes ls), or give the agent a join token (vhive-coord token create)';
  if (fromThere.length >= MOST_WAITING_PER_ADDRESS)
    return { message: `${MOST_WAITING_PER_ADDRESS} nodes from ${from} wait for approval already`, hint };
  if (waiting.length >= MOST_WAITING) return { message: `${MOST_WAITING} nodes wait for approval already`, hint };
  if (JSON.stringify(facts).length > MOST_FACTS)
    return {
      message: 'this host says more about itself than is taken in without a join token',
      hint: 'give the agent a join token (vhive-coord token create)',
    };
  return undefined;
}
