import { encodeAccount } from '@nats-io/jwt';
import type { KeyPair } from '@nats-io/nkeys';

/** What nats-server must know to check users. */
export interface NatsTrust {
  operatorJwt: string;
  /** The public key of the system account. */
  systemAccount: string;
  /** The public key of the account in which everything happens. */
  account: string;
  /** The account JWTs by public key. The JWT of `account` carries the revocations. */
  accounts: Record<string, string>;
}

/** The keys of operator mode. `signing` signs users for `account`. */
export interface NatsKeys {
  operator: KeyPair;
  account: KeyPair;
  signing: KeyPair;
  systemAccount: KeyPair;
}

/** The limits of an account that has none of its own. Those of the server apply. */
const UNLIMITED = { conn: -1, leaf: 0, imports: -1, exports: -1, wildcards: true, subs: -1, data: -1, payload: -1 };
const STORAGE = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/**
 * Makes what a server must trust. `revocations` maps a public user key to the second up to which its JWTs do not count.
 */
export async function natsTrust(
  cluster: string,
  { operator, account, signing, systemAccount }: NatsKeys,
  operatorJwt: string,
  revocations: Record<string, number>,
): Promise<NatsTrust> {
  const claims = { limits: { ...UNLIMITED, ...STORAGE }, signing_keys: [signing.getPublicKey()], revocations };
  const signer = { signer: operator };
  const key = account.getPublicKey();
  const systemKey = systemAccount.getPublicKey();
  return {
    operatorJwt,
    systemAccount: systemKey,
    account: key,
    accounts: {
      [key]: await encodeAccount(`vhive-${cluster}`, account, claims, signer),
      [systemKey]: await encodeAccount('SYS', systemAccount, { limits: UNLIMITED }, signer),
    },
  };
}
