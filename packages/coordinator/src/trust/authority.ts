import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';
import { createFileAtomic, readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { withFileLock } from '@vhive/base/files/file-lock';
import { ignoring } from '@vhive/base/ignoring';
import { agentLinkPermissions, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import {
  type CertificateAndKey,
  caCluster,
  certificateFingerprint,
  createCa,
  issueServerCertificate,
  stillServes,
} from './certificates.ts';
import { readJsonFile } from './json-file.ts';
import { type NatsTrust, natsTrust } from './nats-trust.ts';
import { openOperatorJwt } from './operator-jwt.ts';
import { signingPair } from './signing-pair.ts';
import { AUTHORITY_FILE, prepareStateDirectory, requireHead } from './state-directory.ts';
import { type IssuedJwt, issueAgentJwt, issueProcessUser, type ProcessUser } from './user-jwt.ts';

/** A server certificate that ends within this many days is issued anew. */
const RENEW_DAYS = 30;

const pem = z.string().startsWith('-----BEGIN ');
const seed = (kind: string) => z.string().regex(new RegExp(`^S${kind}[A-Z2-7]{56}$`));

/**
 * The content of `<stateDir>/authority.json`: everything that makes this coordinator the one its agents trust. All of
 * it is secret.
 */
const storedAuthority = z.object({
  ca: z.object({ certPem: pem, keyPem: pem }),
  /**
   * The seeds of nkeys. `signing` signs for `account`, so that the key of `account` itself could be kept off line one
   * day; `agentsSigning` signs for `agents` likewise.
   */
  operator: seed('O'),
  account: seed('A'),
  signing: seed('A'),
  agents: seed('A'),
  agentsSigning: seed('A'),
  systemAccount: seed('A'),
});
type StoredAuthority = z.infer<typeof storedAuthority>;

/** The same as earlier versions wrote it, in which agents lived in the coordinator's account. */
const formerAuthority = storedAuthority.omit({ agents: true, agentsSigning: true });

/** The part of it that says whose it is. */
const caOnly = storedAuthority.pick({ ca: true });

/** A server certificate on disk. */
export interface ServerCertificate extends CertificateAndKey {
  /** One PEM file with the key and the chain, mode 0600. They are in one file so that the two always match. */
  file: string;
}

/** Issues all credentials of a cluster. */
export interface Authority {
  cluster: string;
  /** The CA certificate, PEM. It is not secret. */
  caPem: string;
  /** The SHA-256 of the CA certificate (DER), in hex. */
  caFingerprint: string;
  /**
   * Returns the certificate of the HTTPS and NATS servers for these DNS names and addresses; localhost and the loopback
   * addresses are added. The certificate on disk is kept while it covers them and has more than 30 days left.
   */
  serverCertificate(names?: readonly string[]): Promise<ServerCertificate>;
  /** Returns the JWTs of the operator and the accounts. `revoked` maps a public user key to seconds since 1970. */
  natsTrust(revoked?: Record<string, number>): Promise<NatsTrust>;
  /** Issues a user JWT for an agent. It is valid for 7 days unless `seconds` says otherwise. */
  agentJwt(node: string, publicKey: string, seconds?: number): Promise<IssuedJwt>;
  /** Issues a user of this process that may do everything in the coordinator's account. */
  coordinatorUser(): Promise<ProcessUser>;
  /** Issues a user of this process that hears agents and answers them, in the account of the agents. */
  agentLinkUser(): Promise<ProcessUser>;
  /** Issues a user of this process in the system account. */
  systemUser(): Promise<ProcessUser>;
}

/**
 * Opens the authority of a state directory and makes it on first use. When the process is killed while it makes the
 * authority, either all of it is on disk or none. Two processes that make it at the same time end up with the same one.
 * Throws `usage` when the state directory is that of another cluster, and `internal` when its authority is damaged, or
 * missing where other files show that there was one.
 */
export async function openAuthority(options: { stateDir: string; cluster: string }): Promise<Authority> {
  await prepareStateDirectory(options.stateDir);
  const stored = await loadOrCreate(options.stateDir, options.cluster);
  const operator = signingPair(stored.operator);
  const account = signingPair(stored.account);
  const signing = signingPair(stored.signing);
  const agents = signingPair(stored.agents);
  const agentsSigning = signingPair(stored.agentsSigning);
  const systemAccount = signingPair(stored.systemAccount);
  const issuer = { account: account.getPublicKey(), signer: signing };
  const agentsIssuer = { account: agents.getPublicKey(), signer: agentsSigning };
  const { cluster } = options;
  return {
    cluster,
    caPem: stored.ca.certPem,
    caFingerprint: certificateFingerprint(stored.ca.certPem),
    serverCertificate: (names = []) => serverCertificate(options.stateDir, stored.ca, names),
    async natsTrust(revoked = {}) {
      const operatorJwt = await openOperatorJwt(options.stateDir, operator, systemAccount.getPublicKey());
      const keys = { operator, account, signing, agents, agentsSigning, systemAccount };
      return await natsTrust(cluster, keys, operatorJwt, revoked);
    },
    agentJwt: (node, publicKey, seconds) => issueAgentJwt(agentsIssuer, { cluster, node, publicKey }, seconds),
    coordinatorUser: () => issueProcessUser(issuer, 'coordinator', newUserPair()),
    agentLinkUser: () =>
      issueProcessUser(agentsIssuer, 'coordinator (agents)', newUserPair(), agentLinkPermissions(cluster)),
    systemUser: () =>
      issueProcessUser(
        { account: systemAccount.getPublicKey(), signer: systemAccount },
        'coordinator (system)',
        newUserPair(),
      ),
  };
}

function newUserPair(): KeyPair {
  return signingPair(new TextDecoder().decode(createUser().getSeed()));
}

async function serverCertificate(
  stateDir: string,
  ca: CertificateAndKey,
  asked: readonly string[],
): Promise<ServerCertificate> {
  const names = [...new Set(['localhost', '127.0.0.1', '::1', ...asked])];
  const file = join(stateDir, 'server.pem');
  const found = splitPem((await readFileIfPresent(file)) ?? '');
  // A damaged certificate is no loss, because the CA issues another.
  if (found !== undefined && stillServes(found, ca.certPem, names, RENEW_DAYS)) return { ...found, file };
  const issued = await issueServerCertificate(ca, names);
  await writeFileAtomic(file, issued.keyPem + issued.certPem);
  return { ...issued, file };
}

function splitPem(text: string): CertificateAndKey | undefined {
  const chain = text.indexOf('-----BEGIN CERTIFICATE-----');
  return chain <= 0 ? undefined : { keyPem: text.slice(0, chain), certPem: text.slice(chain) };
}

async function loadOrCreate(stateDir: string, cluster: string): Promise<StoredAuthority> {
  const file = join(stateDir, AUTHORITY_FILE);
  const read = () =>
    readJsonFile(file, storedAuthority.or(formerAuthority), {
      holds: 'the CA and account keys that every agent trusts',
      remedy: `restore it from a backup; without one, begin anew: move ${stateDir} away, and let every agent enrol again`,
    });
  let stored = await read();
  if (stored === undefined) {
    await requireHead(stateDir);
    const fresh: StoredAuthority = {
      ca: await createCa(cluster),
      operator: seedOf(createOperator()),
      account: seedOf(createAccount()),
      signing: seedOf(createAccount()),
      agents: seedOf(createAccount()),
      agentsSigning: seedOf(createAccount()),
      systemAccount: seedOf(createAccount()),
    };
    await createFileAtomic(file, JSON.stringify(fresh));
    stored = (await read()) ?? fresh; // another process may have written it first
  }
  const owner = caCluster(stored.ca.certPem);
  if (owner === undefined || owner === cluster) return 'agents' in stored ? stored : await withAgentsAccount(file);
  throw new VhiveError({
    code: 'usage',
    message: `${stateDir} holds the state of cluster "${owner}", but "${cluster}" is asked for`,
    hint: `say --cluster ${owner} (name: ${owner} in the cluster file), or give cluster ${cluster} its own --state-dir and ports`,
  });
}

/** Returns the name of the cluster whose state a directory holds; undefined when it holds none that can be read. */
export async function clusterOf(stateDir: string): Promise<string | undefined> {
  const stored = await readFileIfPresent(join(stateDir, AUTHORITY_FILE)).catch(
    ignoring('whoever opens the directory says what is wrong with it'),
  );
  try {
    return caCluster(caOnly.parse(JSON.parse(stored ?? '')).ca.certPem);
  } catch {
    return undefined;
  }
}

/**
 * Gives an authority of an earlier version the account of the agents. What was issued to agents was for the
 * coordinator's account and must count no more, so that account gets another signing key. The agents are refused by
 * NATS and enrol again by themselves, as their own keys are still known.
 */
async function withAgentsAccount(file: string): Promise<StoredAuthority> {
  return await withFileLock(`${file}.lock`, async () => {
    const text = (await readFileIfPresent(file)) ?? '';
    const known = storedAuthority.or(formerAuthority).parse(JSON.parse(text));
    if ('agents' in known) return known; // another process was faster
    const upgraded: StoredAuthority = {
      ...known,
      signing: seedOf(createAccount()),
      agents: seedOf(createAccount()),
      agentsSigning: seedOf(createAccount()),
    };
    await writeFileAtomic(file, JSON.stringify(upgraded));
    return upgraded;
  });
}

function seedOf(pair: KeyPair): string {
  return new TextDecoder().decode(pair.getSeed());
}

/** All addresses of this host except loopback and link-local ones, because a server certificate must cover them. */
export function hostAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && !address.address.startsWith('fe80:'))
    .map((address) => address.address);
}
