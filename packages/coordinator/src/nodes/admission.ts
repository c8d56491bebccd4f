import { type EnrolRequest, VhiveError } from '@vhive/shared';
import type { NodeRecord } from './node-record.ts';

/** More pending nodes than this are not taken in: anybody who reaches the port can ask, and each one costs a file. */
const MAX_PENDING = 1_000;

/** The record of a node after an enrolment. */
export interface Admission {
  record: NodeRecord;
  /** The key that the new one takes the place of; to be revoked. */
  replacesKey?: string;
}

/**
 * Decides what an enrolment makes of a node. Pure.
 * - The key is known under this name: facts are brought up to date, an approval stays.
 * - The name is known with another key: refused, unless the same host comes back (its agent lost its state) with a
 *   right to be let in, or nobody had been let in under that name yet.
 * Throws code `refused` otherwise.
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
  // A host without a machine id proves nothing by having none.
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
