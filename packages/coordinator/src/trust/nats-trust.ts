import { encodeAccount } from '@nats-io/jwt';
import type { KeyPair } from '@nats-io/nkeys';

/** What nats-server must know to check users. */
export interface NatsTrust {
  operatorJwt: string;
  /** The public key of the system account. */
  systemAccount: string;
  /** The public key of the coordinator's own account, which alone has JetStream. */
  account: string;
  /** The public key of the account of the agents. */
  agentsAccount: string;
  /** The account JWTs by public key. The JWT of `agentsAccount` carries the revocations. */
  accounts: Record<string, string>;
}

/** The keys of operator mode. `signing` signs users for `account`, and `agentsSigning` those for `agents`. */
export interface NatsKeys {
  operator: KeyPair;
  account: KeyPair;
  signing: KeyPair;
  agents: KeyPair;
  agentsSigning: KeyPair;
  systemAccount: KeyPair;
}

/** The limits of an account that has none of its own. Those of the server apply. */
const UNLIMITED = { conn: -1, leaf: 0, imports: -1, exports: -1, wildcards: true, subs: -1, data: -1, payload: -1 };
const STORAGE = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
const NO_STORAGE = { mem_storage: 0, disk_storage: 0, streams: 0, consumer: 0 };

/**
 * Makes what a server must trust. `revocations` maps a public user key to the second up to which its JWTs do not count.
 *
 * Agents live in an account without JetStream, which exports nothing to the coordinator's account and imports nothing
 * from it. Only the coordinator itself has a connection in both. NATS checks the subject to which somebody publishes,
 * but not the reply subject that he names; so whatever agents name, no answer can get out of their account.
 */
export async function natsTrust(
  cluster: string,
  keys: NatsKeys,
  operatorJwt: string,
  revocations: Record<string, number>,
): Promise<NatsTrust> {
  const signer = { signer: keys.operator };
  const own = { limits: { ...UNLIMITED, ...STORAGE }, signing_keys: [keys.signing.getPublicKey()] };
  const ofAgents = {
    limits: { ...UNLIMITED, ...NO_STORAGE, imports: 0, exports: 0 },
    signing_keys: [keys.agentsSigning.getPublicKey()],
    revocations,
  };
  const account = keys.account.getPublicKey();
  const agentsAccount = keys.agents.getPublicKey();
  const systemAccount = keys.systemAccount.getPublicKey();
  return {
    ...{ operatorJwt, systemAccount, account, agentsAccount },
    accounts: {
      [account]: await encodeAccount(`vhive-${cluster}`, keys.account, own, signer),
      [agentsAccount]: await encodeAccount(`vhive-${cluster}-agents`, keys.agents, ofAgents, signer),
      [systemAccount]: await encodeAccount('SYS', keys.systemAccount, { limits: UNLIMITED }, signer),
    },
  };
}
