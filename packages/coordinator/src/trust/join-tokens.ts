import { createHash, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { withFileLock } from '@vhive/base/files/file-lock';
import { ignoring } from '@vhive/base/ignoring';
import {
  formatJoinToken,
  isoTime,
  nodeName,
  type TokenRequest,
  type TokenView,
  tokenRequest,
  VhiveError,
} from '@vhive/shared';
import * as z from 'zod';
import { readJsonFile } from './json-file.ts';
import { sameSecret } from './operator-token.ts';
import { prepareStateDirectory } from './state-directory.ts';

const storedToken = z.object({
  id: z.string(),
  /** The SHA-256 of the secret, in hex. The secret has 160 random bits, so a slow hash would add nothing. */
  secretHash: z.string(),
  description: z.string(),
  createdAt: isoTime,
  expiresAt: isoTime,
  revoked: z.boolean(),
  uses: z.number().int(),
  /** The only node that can enrol with it; null: any. */
  node: nodeName.nullable().default(null),
  /** The public key that enrolled with a token that is for one node. No other key can use it afterwards. */
  spentBy: z.string().nullable().default(null),
});
type StoredToken = z.infer<typeof storedToken>;

/** Tokens that expired this long ago, in milliseconds, are forgotten. */
const FORGET_AFTER_MS = 30 * 86_400_000;

/** What {@link JoinTokens.verify} found. */
export type TokenVerdict =
  /** `bound`: the token is for this very node, and so its holder may have a new key. */
  | { valid: true; id: string; bound: boolean }
  | { valid: false; reason: 'unknown' }
  | { valid: false; reason: 'expired' | 'revoked' | 'spent'; id: string }
  | { valid: false; reason: 'other-node'; id: string; node: string };

/** Who comes with a token. */
export interface TokenBearer {
  node: string;
  /** The public user nkey, whose possession was proved. */
  publicKey: string;
}

/**
 * The join tokens of a state directory. They can be used with and without a running coordinator, and by several
 * processes at once.
 */
export interface JoinTokens {
  /** Makes a token. The answer is the only place where its secret is shown. Throws `usage` for a wrong request. */
  create(request: TokenRequest): Promise<{ token: string; view: TokenView }>;
  /** Lists all tokens without their secrets, newest first. */
  list(): Promise<TokenView[]>;
  /** Makes a token useless. Throws code `usage` when there is no token with that id. */
  revoke(id: string): Promise<TokenView>;
  /**
   * Checks a credential of the form `<id>.<secret>`. A token that is for one node is spent by the first key that comes
   * with it.
   */
  verify(credential: string, bearer: TokenBearer): Promise<TokenVerdict>;
  /** Counts an enrolment. The counts of one moment are written together. */
  countUse(id: string): void;
  /** Waits until all counts are written. */
  flush(): Promise<void>;
}

/** Opens `<stateDir>/join-tokens.json`. `caFingerprint` becomes the first part of every token that is made. */
export async function openJoinTokens(options: { stateDir: string; caFingerprint: string }): Promise<JoinTokens> {
  await prepareStateDirectory(options.stateDir);
  const store = tokenFile(join(options.stateDir, 'join-tokens.json'));
  let uncounted = new Map<string, number>();
  let counting: Promise<void> | undefined;

  async function writeCounts(): Promise<void> {
    while (uncounted.size > 0) {
      const counts = uncounted;
      uncounted = new Map();
      await store.change((tokens) => {
        for (const token of tokens) token.uses += counts.get(token.id) ?? 0;
      });
    }
  }

  /** Notes the key that a token for one node is used by, unless another came first. Returns the one that counts. */
  async function spend(id: string, publicKey: string): Promise<string | null> {
    return await store.change((tokens) => {
      const token = tokens.find((candidate) => candidate.id === id);
      if (token === undefined || token.revoked) return null;
      token.spentBy ??= publicKey;
      return token.spentBy;
    });
  }

  return {
    async create(asked) {
      const request = checked(asked);
      const id = randomBase32(8);
      const secret = randomBase32(32);
      const now = Date.now();
      const token: StoredToken = {
        id,
        secretHash: hashOf(secret),
        description: request.description,
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + request.ttlSeconds * 1000).toISOString(),
        revoked: false,
        uses: 0,
        node: request.node ?? null,
        spentBy: null,
      };
      await store.change((tokens) => void tokens.push(token));
      return { token: formatJoinToken({ caFingerprint: options.caFingerprint, id, secret }), view: viewOf(token) };
    },
    async list() {
      return (await store.read()).map(viewOf).reverse();
    },
    async revoke(id) {
      return store.change((tokens) => {
        const token = tokens.find((candidate) => candidate.id === id);
        if (token === undefined)
          throw new VhiveError({
            code: 'usage',
            message: `there is no join token ${JSON.stringify(id)}`,
            hint: 'vhive-coord token list',
          });
        token.revoked = true;
        return viewOf(token);
      });
    },
    async verify(credential, bearer) {
      const [id, secret, ...rest] = credential.split('.');
      const token = (await store.read()).find((candidate) => candidate.id === id);
      // An unknown id costs the same comparison as a wrong secret, so that the time of the answer does not tell which
      // ids exist.
      const right = sameSecret(hashOf(secret ?? ''), token?.secretHash ?? '');
      if (token === undefined || !right || rest.length > 0) return { valid: false, reason: 'unknown' };
      if (token.revoked) return { valid: false, reason: 'revoked', id: token.id };
      if (Date.parse(token.expiresAt) <= Date.now()) return { valid: false, reason: 'expired', id: token.id };
      if (token.node === null) return { valid: true, id: token.id, bound: false };
      if (token.node !== bearer.node) return { valid: false, reason: 'other-node', id: token.id, node: token.node };
      const spentBy = token.spentBy ?? (await spend(token.id, bearer.publicKey));
      if (spentBy !== bearer.publicKey) return { valid: false, reason: 'spent', id: token.id };
      return { valid: true, id: token.id, bound: true };
    },
    countUse(id) {
      uncounted.set(id, (uncounted.get(id) ?? 0) + 1);
      counting ??= writeCounts().finally(() => {
        counting = undefined;
      });
      counting.catch(ignoring('a count only informs people; flush() reports the failure to its caller'));
    },
    async flush() {
      await counting;
    },
  };
}

function damaged(file: string) {
  return {
    holds: 'the join tokens',
    remedy: `restore it from a backup, or remove it (rm ${file}) and make new tokens: enrolled nodes need none`,
  };
}

/** The file of tokens. It is read again whenever another process has replaced it, and it is changed under a lock. */
function tokenFile(file: string) {
  let known: { version: string; tokens: StoredToken[] } | undefined;
  async function read(): Promise<StoredToken[]> {
    const version = await versionOf(file);
    if (known?.version !== version)
      known = { version, tokens: (await readJsonFile(file, z.array(storedToken), damaged(file))) ?? [] };
    return known.tokens;
  }
  return {
    read,
    change<Result>(edit: (tokens: StoredToken[]) => Result): Promise<Result> {
      return withFileLock(`${file}.lock`, async () => {
        const oldest = Date.now() - FORGET_AFTER_MS;
        const tokens = structuredClone(await read()).filter((token) => Date.parse(token.expiresAt) > oldest);
        const result = edit(tokens);
        await writeFileAtomic(file, JSON.stringify(tokens, undefined, 2));
        return result;
      });
    },
  };
}

/** Returns a text that changes whenever the file is replaced. */
async function versionOf(file: string): Promise<string> {
  try {
    const { ino, mtimeNs, size } = await stat(file, { bigint: true });
    return `${ino}-${mtimeNs}-${size}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
}

/** Checks what a token is to be like by the same rules for every caller, whether it comes over the API or not. */
function checked(asked: TokenRequest): z.output<typeof tokenRequest> {
  const { success, data, error } = tokenRequest.safeParse(asked);
  if (success) return data;
  throw new VhiveError({
    code: 'usage',
    message: `there can be no such join token: ${z.prettifyError(error)}`,
    hint: 'vhive-coord token create --help says what it takes',
  });
}

function viewOf({ secretHash: _, spentBy: __, ...view }: StoredToken): TokenView {
  return view;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/**
 * Draws `length` random characters of a-z and 2-7. Each has 5 bits, and all are equally likely because 32 divides 256.
 */
function randomBase32(length: number): string {
  return Array.from(randomBytes(length), (byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte & 31]).join('');
}
