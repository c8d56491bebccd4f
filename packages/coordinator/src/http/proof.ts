import { verifySignature } from '@vhive/base/nkey/nkey';
import { type EnrolRequest, enrolProofBytes } from '@vhive/shared';
import { HttpError } from './http-error.ts';

/**
 * How far the clocks of agent and coordinator may be apart at enrolment, in milliseconds. The preflight is stricter.
 */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/**
 * Checks that the sender holds the private half of the nkey. Throws 401 when it does not. Proofs are not remembered,
 * because a proof that is sent again can do no harm: it came over TLS to this coordinator alone, and it only gives
 * credentials for that key.
 */
export function checkProof(request: EnrolRequest): void {
  const { nonce, at, signature } = request.proof;
  if (verifySignature(request.publicKey, enrolProofBytes(request, nonce, at), Buffer.from(signature, 'base64url')))
    return;
  throw new HttpError('not-known', {
    message: `the proof of ${request.node} is not signed with the key it names`,
    hint: 'the agent and the coordinator may be of different versions: compare `vhive-agent --version` and `vhive-coord --version`',
  });
}

/**
 * Checks that a proof was made just now, by the clocks of both sides. Throws the refusal `clock-off`, after which the
 * agent asks again: hosts whose clock is wrong at their first boot set it by themselves a little later.
 */
export function checkClock(request: EnrolRequest, now: Date = new Date()): void {
  const skew = Date.parse(request.proof.at) - now.getTime();
  if (Math.abs(skew) <= CLOCK_TOLERANCE_MS) return;
  throw new HttpError('clock-off', {
    message: `the clock of ${request.node} is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} the coordinator's (${now.toISOString()})`,
    hint: `set the clock of ${request.node}, for example with: apt-get install systemd-timesyncd; its agent then comes in by itself`,
  });
}
