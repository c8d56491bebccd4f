import { verifySignature } from '@vhive/base/nkey/nkey';
import { type EnrolRequest, enrolProofBytes } from '@vhive/shared';
import { HttpError } from './http-error.ts';

/** How far the clocks of agent and coordinator may be apart at enrolment, milliseconds. (Preflight is stricter.) */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/**
 * Checks that who asks holds the private half of the nkey: throws 401 when not, or when the proof is not of now.
 * Proofs are not remembered: one that is sent again came over TLS to us alone, and gets credentials for that key only.
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
