import { lookup } from 'node:dns/promises';
import { connect, isIPv4 } from 'node:net';
import { messageOf, VhiveError } from '@vhive/shared';
import { orAborted } from '../abort.ts';
import type { Target } from './caller.ts';

/** A gateway that does not take a connection within so many milliseconds cannot be reached. */
const CONNECT_MS = 5_000;

/** Where endpoints are called. */
export interface Where {
  /** The address or name of a gateway in front of all of them; undefined: each is called at the address of its own name. */
  gateway?: string | undefined;
  port: number;
  /** Where an address of a gateway is reached; default: at that address itself. */
  reachedAt?: ((address: string, port: number) => Promise<{ address: string; port: number }>) | undefined;
}

/** Where endpoints are called, and a sentence for each address that did not answer while others did. */
export interface Found {
  targets: Target[];
  warnings: string[];
}

/**
 * Finds out where endpoints are called, and whether somebody takes connections there. Names are looked up once, and not
 * again while the load goes. Throws `unreachable` for a name without an address, and where nobody answers anywhere. Returns
 * a sentence for each address that did not answer while others did.
 */
export async function findTargets(
  names: readonly string[],
  { gateway, port, reachedAt }: Where,
  signal: AbortSignal,
): Promise<Found> {
  const hosts = [...new Set(gateway === undefined ? names : [gateway])];
  const found = await orAborted(Promise.all(hosts.map((host) => addressOf(host, gateway !== undefined))), signal);
  const places = new Map<string, { address: string; port: number }>();
  for (const address of new Set(found)) places.set(address, (await reachedAt?.(address, port)) ?? { address, port });
  const placeOf = new Map(hosts.map((host, index) => [host, places.get(found[index] ?? '')]));
  const failures = await orAborted(Promise.all([...places.values()].map(failureAt)), signal);
  const warnings = failures.filter((failure) => failure !== undefined);
  if (warnings.length === failures.length && warnings[0] !== undefined)
    throw new VhiveError({
      code: 'unreachable',
      message: `nobody answers at ${warnings.join('; ')}`,
      hint: 'does the gateway have this address? kubectl get svc -A shows it; name it with --gateway and --port',
    });
  const targets = names.map((name) => ({ name, address: '', port, ...placeOf.get(gateway ?? name) }));
  return { targets, warnings: warnings.map((warning) => `nobody answers at ${warning}`) };
}

/**
 * Names of these services say the address that they have (https://sslip.io): `f.default.192.168.1.240.sslip.io`. So they
 * are understood where the internet cannot be asked.
 */
const saysAddress = /(?:^|[.-])(\d{1,3}(?:\.\d{1,3}){3})\.(?:sslip|nip)\.io$/;

async function addressOf(host: string, isGateway: boolean): Promise<string> {
  const said = saysAddress.exec(host)?.[1];
  if (said !== undefined && isIPv4(said)) return said;
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    throw new VhiveError({
      code: 'unreachable',
      message: `there is no address for the name ${host}: ${messageOf(cause)}`,
      hint: isGateway
        ? 'name the address of the gateway: kubectl get svc -A shows it'
        : 'where names cannot be looked up, name the address of the gateway: --gateway 192.168.1.240',
      cause,
    });
  }
}

async function failureAt({ address, port }: { address: string; port: number }): Promise<string | undefined> {
  const socket = connect({ host: address, port, timeout: CONNECT_MS });
  try {
    return await new Promise((resolve) => {
      socket
        .once('connect', () => resolve(undefined))
        .once('timeout', () => resolve(`${address} port ${port} (no answer within ${CONNECT_MS / 1000} s)`))
        .once('error', (error: NodeJS.ErrnoException) =>
          resolve(`${address} port ${port} (${error.code ?? messageOf(error)})`),
        );
    });
  } finally {
    socket.destroy();
  }
}
