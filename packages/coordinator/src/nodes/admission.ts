import type { EnrolRequest } from '@vhive/shared';
import type { NodeRecord } from './node-record.ts';
import { otherMachine } from './other-machine.ts';
import { mayWait } from './waiting-room.ts';

/**
 * What gives an agent the right to be let in. `general`: a join token or a trusted network. `bound`: a join token for
 * this node alone.
 */
export type Right = 'none' | 'general' | 'bound';

/** What the coordinator itself knows of an applicant. */
export interface Origin {
  /** The address from which it asks. */
  address: string;
  right: Right;
  /** Whether it is proved to be on the coordinator's own host. That gives no right by itself. */
  here: boolean;
}

/** What becomes of an enrolment: the record of the node, or why it is refused. */
export type Admission =
  /** `replacesKey` is the key whose place the new one takes. It is to be revoked. */
  | { admitted: true; record: NodeRecord; replacesKey?: string }
  /** `record` is what an operator who approves the key of the request would let in; without it nothing can be approved. */
  | { admitted: false; message: string; hint: string; record?: NodeRecord };

/**
 * Decides what becomes of a node when it enrols. This function is pure.
 * - When the key is known under this name, the facts are brought up to date and an approval stays. The same key on
 * another machine is a copy, and refused.
 * - When the name is known with another key, a living node keeps it, whatever the applicant says of itself: only a token
 * for that very node, or the coordinator's own host, may change its key without an operator. A node that nobody has let in yet
 * gives way to one with a right.
 */
export function admit(
  all: readonly NodeRecord[],
  before: NodeRecord | undefined,
  request: EnrolRequest,
  { address: from, right, here }: Origin,
): Admission {
  const authorised = right !== 'none';
  const fresh: NodeRecord = {
    name: request.node,
    publicKey: request.publicKey,
    sealingKey: request.sealingKey,
    approved: authorised,
    address: from,
    enrolledAt: new Date().toISOString(),
    agentVersion: request.agentVersion,
    facts: request.facts,
    artifactTokenHash: null,
    jwtIssuedAt: null,
    onCoordinator: here,
  };
  const owner = all.find((other) => other.publicKey === request.publicKey);
  if (owner !== undefined && otherMachine(owner.facts.machineId, request.facts.machineId))
    return copied(owner, request, from);
  if (before !== undefined && owner === before) {
    const { enrolledAt, artifactTokenHash, jwtIssuedAt } = before;
    const approved = before.approved || authorised;
    const onCoordinator = before.onCoordinator || here;
    return {
      admitted: true,
      record: { ...fresh, approved, enrolledAt, artifactTokenHash, jwtIssuedAt, onCoordinator },
    };
  }
  if (owner !== undefined)
    return {
      admitted: false,
      message: `this agent is already enrolled as node ${owner.name}, not ${request.node}`,
      hint: `if the host was renamed: vhive-coord nodes remove ${owner.name}`,
    };
  if (before === undefined) {
    const why = authorised ? undefined : mayWait(all, from, request.facts);
    return why === undefined ? { admitted: true, record: fresh } : { admitted: false, ...why };
  }
  const replaces = before.approved ? right === 'bound' || (authorised && here && before.onCoordinator) : authorised;
  if (replaces) return { admitted: true, record: fresh, replacesKey: before.publicKey };
  return {
    admitted: false,
    record: { ...fresh, approved: true },
    message: before.approved
      ? `the name ${request.node} belongs to a node with another key (enrolled ${before.enrolledAt} from ${before.address})`
      : `another host waits for approval under the name ${request.node} (since ${before.enrolledAt}, from ${before.address})`,
    hint: before.approved
      ? `if it is the same host, set up anew: give it a token of vhive-coord token create --node ${request.node}, or free the name: vhive-coord nodes remove ${request.node}; if it is another host, give it another name`
      : 'give it a join token (vhive-coord token create), or another name',
  };
}

/** The refusal of a second machine with the key of a node. The node itself is to stay, whichever of the two asks. */
function copied(owner: NodeRecord, request: EnrolRequest, from: string): Admission {
  return {
    admitted: false,
    message: `this is the key of node ${owner.name} on another machine: ${owner.name} (${owner.facts.hostname}, enrolled from ${owner.address}) has machine id ${owner.facts.machineId}, and this host (${request.facts.hostname}, at ${from}) has ${request.facts.machineId}: was its disk copied?`,
    hint: `on the copy alone, as root: vhive-agent uninstall --purge; then install it with a name of its own; node ${owner.name} needs no change`,
  };
}
