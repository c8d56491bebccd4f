import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { createUserKey } from '@vhive/base/nkey/nkey';
import { clusterName, nodeName, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import { createSealingSeed } from './sealing.ts';

/** What the coordinator gave to an enrolled agent. */
const enrolment = z.object({
  cluster: clusterName,
  node: nodeName,
  /** The user JWT for NATS; always the newest one. */
  jwt: z.string(),
  natsUrls: z.array(z.string()).min(1),
  artifactToken: z.string(),
  /** The coordinator that the agent enrolled with, as `host:port`. */
  coordinator: z.string(),
});
/** See {@link enrolment}. */
export type Enrolment = z.infer<typeof enrolment>;

const stored = z.object({
  version: z.literal(1),
  /** The seed of the user nkey (`SU...`). */
  userSeed: z.string(),
  /** The seed of the curve key (`SX...`). */
  sealingSeed: z.string(),
  /** The CA certificate of the coordinator in PEM form, once it is known. */
  ca: z.string().optional(),
  enrolment: enrolment.optional(),
  /** The machine id of the host that made the keys: on another one they are a copy. Older identities have none. */
  machineId: z.string().optional(),
});

/**
 * The identity of an agent: the keys that it made once and never sends anywhere, and what its enrolment brought. It is
 * secret as a whole.
 */
export type Identity = Readonly<z.infer<typeof stored>>;

/** A store that keeps the identity. */
export interface IdentityStore {
  current(): Identity;
  /** Changes the identity and stores it. Resolves when it is on the disk. */
  update(change: { ca?: string; enrolment?: Enrolment }): Promise<void>;
  /** Forgets the enrolment and the keys, because the node was removed from the cluster. */
  forget(): Promise<void>;
}

/** Makes an identity with new keys. */
export function createIdentity(): Identity {
  return { version: 1, userSeed: createUserKey().seed, sealingSeed: createSealingSeed() };
}

/** Keeps an identity only as long as the process lives, for many agents in one process. */
export function createMemoryIdentity(initial: Identity = createIdentity()): IdentityStore {
  let identity = initial;
  return {
    current: () => identity,
    async update(change) {
      identity = { ...identity, ...change };
    },
    async forget() {
      identity = createIdentity();
    },
  };
}

/**
 * Opens the identity in `identity.json` (mode 0600) of a state directory. It is made at the first use, and belongs to the
 * machine with this id from then on. Throws `refused` when it belongs to another machine, and `internal` when the file is
 * damaged.
 */
export async function openIdentity(stateDirectory: string, machineId: string): Promise<IdentityStore> {
  const path = join(stateDirectory, 'identity.json');
  let identity = await readIdentity(path);
  const write = () => writeFileAtomic(path, `${JSON.stringify(identity, undefined, 2)}\n`);
  if (identity?.machineId && machineId && identity.machineId !== machineId)
    throw copiedIdentity(path, identity, machineId);
  if (!identity?.machineId) {
    identity = { ...(identity ?? createIdentity()), machineId };
    await write();
  }
  let current: Identity = identity;
  return {
    current: () => current,
    async update(change) {
      identity = current = { ...current, ...change };
      await write();
    },
    async forget() {
      await rm(path, { force: true });
      current = createIdentity();
    },
  };
}

function copiedIdentity(path: string, { machineId = '', enrolment }: Identity, here: string): VhiveError {
  const of = enrolment === undefined ? '' : `, of node ${enrolment.node} of cluster ${enrolment.cluster}`;
  return new VhiveError({
    code: 'refused',
    message: `the agent's identity ${path}${of} was made on another machine (machine id ${machineId}, here ${here}): this disk was copied from there, or the machine id was changed`,
    hint: `to make this host a node of its own: rm ${path}, give it a name of its own and start the agent again; the other machine needs no change`,
  });
}

async function readIdentity(path: string): Promise<Identity | undefined> {
  const text = await readFileIfPresent(path);
  if (text === undefined) return undefined;
  const parsed = stored.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new VhiveError({
    code: 'internal',
    message: `the agent's identity ${path} is damaged`,
    hint: `remove it to enrol anew: rm ${path}`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Returns when a user JWT expires, in milliseconds since 1970: Infinity when it never does, and 0 when the text is not
 * a JWT.
 */
export function jwtExpiry(jwt: string): number {
  const claims = claimsOf(jwt);
  if (claims === undefined) return 0;
  return typeof claims.exp === 'number' ? claims.exp * 1000 : Number.POSITIVE_INFINITY;
}

/** Whether a user JWT names a subject among those on which it lets its user publish. */
export function jwtAllows(jwt: string, subject: string): boolean {
  const { pub } = Object(claimsOf(jwt)?.nats) as { pub?: { allow?: unknown } };
  return Array.isArray(pub?.allow) && pub.allow.includes(subject);
}

function claimsOf(jwt: string): { exp?: unknown; nats?: unknown } | undefined {
  const claims = parseJson(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
  return claims === null || typeof claims !== 'object' ? undefined : claims;
}
