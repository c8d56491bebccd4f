import { randomBytes } from 'node:crypto';
import type { PinnedClient } from '@vhive/base/http/pinned-client';
import { readJson } from '@vhive/base/http/read-json';
import { nkeyFingerprint } from '@vhive/base/nkey/fingerprint';
import { userKeyFromSeed } from '@vhive/base/nkey/nkey';
import { createBackoff } from '@vhive/base/retry/backoff';
import { sleep } from '@vhive/base/retry/sleep';
import {
  type EnrolReply,
  type EnrolRequest,
  enrolProofBytes,
  enrolReply,
  type Facts,
  httpRefusals,
  type JoinToken,
  messageOf,
  routes,
  VERSION,
  VhiveError,
} from '@vhive/shared';
import { createCoordinatorClient, readRefusal } from '../coordinator-client.ts';
import type { Logger } from '../logger.ts';
import { createTroubleReport } from '../trouble-report.ts';
import { fetchCertificateAuthority, fingerprintOf } from './certificate-authority.ts';
import { type CoordinatorAddress, formatCoordinatorAddress } from './coordinator-address.ts';
import type { Enrolment, IdentityStore } from './identity.ts';
import { sealingKeyOf } from './sealing.ts';

/** The coordinator may hold the request of a pending agent for this many milliseconds before it answers. */
const LONG_POLL_MS = 120_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** An agent that was refused for a reason that may pass asks again after this many milliseconds. */
const ASK_AGAIN_MS = 5_000;

/** What enrolment needs to know. */
export interface EnrolOptions {
  coordinator: CoordinatorAddress;
  node: string;
  /** The join token. When undefined, the node waits for approval. */
  token: JoinToken | undefined;
  identity: IdentityStore;
  facts: () => Promise<Facts>;
  logger: Logger;
  signal: AbortSignal;
}

/**
 * Enrols with the coordinator, stores what the coordinator gives and returns it. It goes on trying while the
 * coordinator cannot be reached, is busy or has not approved the node yet. It throws a {@link VhiveError} with the code
 * "refused" when the coordinator says no, or when the server is not the coordinator that made the join token.
 */
export async function enrol(options: EnrolOptions): Promise<Enrolment> {
  const { coordinator, identity, logger, signal } = options;
  const backoff = createBackoff({ firstMs: 200, longestMs: 5_000 });
  const trouble = createTroubleReport(logger);
  let toldPending = false;
  for (;;) {
    signal.throwIfAborted();
    try {
      const ca = await pinnedAuthority(options);
      const reply = await askAgain(options, ca);
      if (reply.status === 'enrolled') {
        const { status: _, ca: givenCa, ...given } = reply;
        if (fingerprintOf(givenCa) !== fingerprintOf(ca)) logger.warn('the coordinator names another CA than it uses');
        const enrolment = { ...given, coordinator: formatCoordinatorAddress(coordinator) };
        await identity.update({ ca, enrolment });
        logger.info(`enrolled as ${enrolment.node} in cluster ${enrolment.cluster}`);
        return enrolment;
      }
      trouble.over();
      backoff.reset();
      if (!toldPending)
        logger.info(
          `waiting for approval: on the coordinator, type: vhive-coord nodes approve ${options.node}:${nkeyFingerprint(publicKeyOf(identity))}`,
        );
      toldPending = true;
      await sleep(reply.retryAfterMs, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof VhiveError && error.code !== 'unreachable') throw error;
      if (foreignCertificate.has(String(codeOf(error))))
        throw new VhiveError({
          code: 'refused',
          message: `the server at ${formatCoordinatorAddress(coordinator)} is not the coordinator this node trusts: its certificate is from another CA`,
          hint: 'if the coordinator was set up anew, give this node a new join token (on the coordinator: vhive-coord token create)',
        });
      trouble.report(
        `cannot enrol with the coordinator at ${formatCoordinatorAddress(coordinator)}: ${reasonOf(error)}`,
      );
      const waitMs = error instanceof RetryLater ? error.retryAfterMs * (1 + Math.random() / 4) : backoff.nextMs();
      await sleep(waitMs, signal);
    }
  }
}

/** Thrown when the server asks to come back later. */
class RetryLater extends Error {
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Returns the CA to trust: the one that the join token names, otherwise the one that was trusted before. If there is
 * neither, it is the first use, and the CA that the server presents is trusted.
 */
async function pinnedAuthority({ coordinator, token, identity, logger, signal }: EnrolOptions): Promise<string> {
  const known = identity.current().ca;
  if (known !== undefined && (!token || fingerprintOf(known) === token.caFingerprint)) return known;
  const presented = await fetchCertificateAuthority(coordinator, { timeoutMs: HANDSHAKE_TIMEOUT_MS, signal });
  const fingerprint = fingerprintOf(presented);
  const where = formatCoordinatorAddress(coordinator);
  if (token) {
    if (fingerprint !== token.caFingerprint)
      throw new VhiveError({
        code: 'refused',
        message: `the server at ${where} is not the coordinator that made the join token: its CA is ${fingerprint}, the token says ${token.caFingerprint}`,
        hint: 'check --coordinator; if the coordinator was set up anew, make a new token there: vhive-coord token create',
      });
    return presented;
  }
  logger.warn(
    `no join token: trusting the coordinator at ${where} at first sight. Compare its CA fingerprint with what "vhive-coord token create" starts with: ${fingerprint}`,
  );
  await identity.update({ ca: presented });
  return presented;
}

/**
 * Asks the coordinator to enrol the node. The coordinator knows a node that was enrolled before by its key, so when its
 * join token is no longer good, it asks again without one. The refusal of the token counts only if the second answer is
 * to wait.
 */
async function askAgain(options: EnrolOptions, ca: string): Promise<EnrolReply> {
  const { token, identity, coordinator } = options;
  const before = identity.current().enrolment;
  const isKnown = before !== undefined && before.coordinator === formatCoordinatorAddress(coordinator);
  try {
    return await ask(options, ca, token);
  } catch (error) {
    if (!token || !isKnown || !(error instanceof VhiveError) || error.code !== 'refused') throw error;
    const reply = await ask(options, ca, undefined);
    if (reply.status === 'enrolled') return reply;
    throw error;
  }
}

async function ask(options: EnrolOptions, ca: string, token: JoinToken | undefined): Promise<EnrolReply> {
  const client = createCoordinatorClient(options.coordinator, ca);
  try {
    return await post(client, await requestOf(options, token), options.signal);
  } finally {
    client.close();
  }
}

async function post(client: PinnedClient, body: EnrolRequest, signal: AbortSignal): Promise<EnrolReply> {
  const response = await client.send(routes.enrol.path, {
    method: routes.enrol.method,
    body,
    idleMs: LONG_POLL_MS,
    signal,
  });
  const status = response.statusCode ?? 0;
  if (status === 200 || status === 202) {
    const reply = enrolReply.safeParse(await readJson(response));
    if (reply.success) return reply.data;
    throw new VhiveError({
      code: 'internal',
      message: 'the coordinator answers in a way this agent does not understand',
      hint: 'run the same version of vhive-agent and vhive-coord',
    });
  }
  const refusal = await readRefusal(response);
  if (status === 429 || status >= 500) {
    const seconds = Number(response.headers['retry-after']);
    throw seconds > 0 ? new RetryLater(refusal.message, Math.min(seconds, 300) * 1000) : refusal;
  }
  // A taken name becomes free and a wrong clock is set, without anybody coming to this host: so it goes on asking.
  if (healing.has(status))
    throw new RetryLater([refusal.message, refusal.hint].filter(Boolean).join('; '), ASK_AGAIN_MS);
  throw new VhiveError({ code: 'refused', message: refusal.message, hint: refusal.hint });
}

async function requestOf({ identity, node, facts }: EnrolOptions, token: JoinToken | undefined): Promise<EnrolRequest> {
  const { userSeed, sealingSeed } = identity.current();
  const key = userKeyFromSeed(userSeed);
  const who = { node, publicKey: key.publicKey, sealingKey: sealingKeyOf(sealingSeed) };
  const nonce = randomBytes(24).toString('base64url');
  const at = new Date().toISOString();
  return {
    ...who,
    proof: { nonce, at, signature: key.sign(enrolProofBytes(who, nonce, at)).toString('base64url') },
    ...(token ? { token: `${token.id}.${token.secret}` } : {}),
    agentVersion: VERSION,
    facts: await facts(),
  };
}

function publicKeyOf(identity: IdentityStore): string {
  return userKeyFromSeed(identity.current().userSeed).publicKey;
}

/** The statuses of refusals that the operator, or time, may heal: the name or key is taken, the clock is off. */
const healing: ReadonlySet<number> = new Set([httpRefusals.conflict.http, httpRefusals['clock-off'].http]);

/** The codes of TLS errors that say that another server than the trusted coordinator answers. */
const foreignCertificate = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
]);

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'nothing listens there (yet)';
  if (code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED')
    return `${messageOf(error)} by the clock of this host, which says ${new Date().toISOString()}: the clock here is ${code === 'CERT_NOT_YET_VALID' ? 'behind' : 'ahead'}, or the one of the coordinator is wrong; set it, for example with: apt-get install systemd-timesyncd`;
  return messageOf(error);
}
