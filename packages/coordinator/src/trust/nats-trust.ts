import { encodeAccount } from '@nats-io/jwt';
import type { KeyPair } from '@nats-io/nkeys';

/** What nats-server must know to check users. */
export interface NatsTrust {
  operatorJwt: string;
  /** Public key of the system account. */
  systemAccount: string;
  /** Public key of the account in which everything happens. */
  account: string;
  /** Account JWTs by public key; the account's own carries the revocations. */
  accounts: Record<string, string>;
}

/** The keys of operator mode. `signing` signs users for `account`. */
export interface NatsKeys {
  operator: KeyPair;
  account: KeyPair;
  signing: KeyPair;
  systemAccount: KeyPair;
}

/** Accounts without limits of their own: those of the server count. */
const UNLIMITED = { conn: -1, leaf: 0, imports: -1, exports: -1, wildcards: true, subs: -1, data: -1, payload: -1 };
const STORAGE = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** What a server must trust. `revocations`: public user key to the second up to which its JWTs do not count. */
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
