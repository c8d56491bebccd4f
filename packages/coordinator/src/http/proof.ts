import { verifySignature } from '@vhive/base/nkey/nkey';
import { type EnrolRequest, enrolProofBytes } from '@vhive/shared';
import { HttpError } from './http-error.ts';

/**
 * How far the clocks of agent and coordinator may be apart at enrolment, in milliseconds. The preflight is stricter.
 */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/**
 * Checks that the sender holds the private half of the nkey. Throws 401 when it does not, or when the proof was not
 * made just now. Proofs are not remembered, because a proof that is sent again can do no harm: it came over TLS to this
 * coordinator alone, and it only gives credentials for that key.
 */
export function checkProof(request: EnrolRequest, now: Date = new Date()): void {
  const { nonce, at, signature } = request.proof;
  const skew = Date.parse(at) - now.getTime();
  if (Math.abs(skew) > CLOCK_TOLERANCE_MS)
    throw new HttpError('not-known', {
      message: `the clock of ${request.node} is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} the coordinator's (${now.toISOString()})`,
      hint: `set the clock of ${request.node}, for example with: apt-get install systemd-timesyncd`,
    });
  if (!verifySignature(request.publicKey, enrolProofBytes(request, nonce, at), Buffer.from(signature, 'base64url')))
    throw new HttpError('not-known', {
      message: `the proof of ${request.node} is not signed with the key it names`,
      hint: 'the agent and the coordinator may be of different versions: compare `vhive-agent --version` and `vhive-coord --version`',
    });
}
