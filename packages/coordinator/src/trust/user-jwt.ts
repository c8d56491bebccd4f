import { encodeUser, type User } from '@nats-io/jwt';
import type { KeyPair } from '@nats-io/nkeys';
import type { Authenticator } from '@nats-io/transport-node';
import { agentPermissions, MAX_MESSAGE_BYTES, type Permissions } from '@vhive/shared';

/** How long an agent's user JWT is valid, in seconds. */
export const AGENT_JWT_SECONDS = 7 * 86_400;

/** How long an agent may answer a request made to it, in nanoseconds (the unit of NATS' permissions). */
const RESPONSE_TTL_NS = 120 * 1e9;

/** A user JWT and the time at which it expires. */
export interface IssuedJwt {
  jwt: string;
  expiresAt: Date;
}

/** The keys behind a user: the account it belongs to and the key that signs for the account. */
export interface UserIssuer {
  /** The public key of the account (`A...`). */
  account: string;
  /** A signing key of the account, or the account's own key. */
  signer: KeyPair;
}

/**
 * Issues a JWT with which the agent of `node` may use its own subjects, answer each request once, and nothing else: it
 * has no other agent's subjects and no inbox of others, and in its account there is no JetStream.
 */
export async function issueAgentJwt(
  issuer: UserIssuer,
  user: { cluster: string; node: string; publicKey: string },
  seconds: number = AGENT_JWT_SECONDS,
): Promise<IssuedJwt> {
  const permissions = agentPermissions(user.cluster, user.node);
  const expires = Math.floor(Date.now() / 1000) + seconds;
  const jwt = await issueUserJwt(issuer, `agent ${user.node}`, user.publicKey, expires, {
    pub: { allow: permissions.publish },
    sub: { allow: permissions.subscribe },
    resp: { max: 1, ttl: RESPONSE_TTL_NS },
    payload: MAX_MESSAGE_BYTES,
    subs: 64,
    allowed_connection_types: ['STANDARD'],
  });
  return { jwt, expiresAt: new Date(expires * 1000) };
}

/** A user that exists in this process only: its private key is never written down. */
export interface ProcessUser {
  publicKey: string;
  /** The value for the `authenticator` option of the NATS client. */
  authenticator: Authenticator;
}

/**
 * Issues a JWT without expiry for a key of this process. It allows everything in the issuer's account, or only what
 * `permissions` say.
 */
export async function issueProcessUser(
  issuer: UserIssuer,
  name: string,
  pair: KeyPair,
  permissions?: Permissions,
): Promise<ProcessUser> {
  const publicKey = pair.getPublicKey();
  const allowed = permissions && { pub: { allow: permissions.publish }, sub: { allow: permissions.subscribe } };
  const jwt = await issueUserJwt(issuer, name, publicKey, undefined, allowed ?? {});
  return {
    publicKey,
    authenticator: (nonce) => ({
      jwt,
      nkey: publicKey,
      sig: Buffer.from(pair.sign(new TextEncoder().encode(nonce ?? ''))).toString('base64url'),
    }),
  };
}

async function issueUserJwt(
  issuer: UserIssuer,
  name: string,
  publicKey: string,
  expires: number | undefined,
  user: Partial<User>,
): Promise<string> {
  const times = expires === undefined ? {} : { exp: expires };
  const own = issuer.signer.getPublicKey() === issuer.account;
  return own
    ? encodeUser(name, publicKey, issuer.signer, user, times)
    : encodeUser(name, publicKey, issuer.account, user, { ...times, signer: issuer.signer });
}
