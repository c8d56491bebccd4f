import { type EnrolRequest, VhiveError } from '@vhive/shared';
import type { NodeRecord } from './node-record.ts';

/**
 * No more pending nodes than this are taken in. Anybody who reaches the port can ask, and each pending node costs a
 * file.
 */
const MAX_PENDING = 1_000;

/** The record of a node after an enrolment. */
export interface Admission {
  record: NodeRecord;
  /** The key whose place the new one takes. It is to be revoked. */
  replacesKey?: string;
}

/**
 * Decides what becomes of a node when it enrols. This function is pure.
 * - When the key is known under this name, the facts are brought up to date and an approval stays.
 * - When the name is known with another key, the enrolment is refused, unless the same host comes back (its agent lost
 * its state) with a right to be let in, or nobody had been let in under that name yet.
 * Throws code `refused` in the other cases.
 */
export function admit(
  all: readonly NodeRecord[],
  before: NodeRecord | undefined,
  request: EnrolRequest,
  from: string,
  authorised: boolean,
): Admission {
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
  };
  if (before?.publicKey === request.publicKey)
    return {
      record: {
        ...fresh,
        approved: before.approved || authorised,
        enrolledAt: before.enrolledAt,
        artifactTokenHash: before.artifactTokenHash,
        jwtIssuedAt: before.jwtIssuedAt,
      },
    };
  for (const other of all)
    if (other.publicKey === request.publicKey && other.name !== request.node)
      throw new VhiveError({
        code: 'refused',
        message: `this agent is already enrolled as node ${other.name}, not ${request.node}`,
        hint: `if the host was renamed: vhive-coord nodes remove ${other.name}`,
      });
  if (before === undefined) {
    if (!authorised && all.filter((record) => !record.approved).length >= MAX_PENDING)
      throw new VhiveError({
        code: 'refused',
        message: `${MAX_PENDING} nodes wait for approval already`,
        hint: 'approve or remove some (vhive-coord nodes ls), or give the agent a join token',
      });
    return { record: fresh };
  }
  // A host is the same only when it has the same machine id. Two hosts without one have proved nothing.
  const { machineId } = request.facts;
  const sameHost = machineId !== '' && before.facts.machineId === machineId;
  if (before.approved ? sameHost && authorised : sameHost || authorised)
    return { record: fresh, replacesKey: before.publicKey };
  throw new VhiveError({
    code: 'refused',
    message: sameHost
      ? `node ${request.node} is enrolled with another key; without a join token its host cannot change it`
      : `the name ${request.node} belongs to another host (enrolled ${before.enrolledAt} from ${before.address})`,
    hint: sameHost
      ? 'give the agent a join token (vhive-coord token create)'
      : `give this host another name, or free the name on the coordinator: vhive-coord nodes remove ${request.node}`,
  });
}
