import { DEFAULT_HTTPS_PORT, VhiveError } from '@vhive/shared';

/** The address of a coordinator's HTTPS server. */
export interface CoordinatorAddress {
  host: string;
  port: number;
}

/**
 * Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`. A port that is left out is the coordinator's default port.
 * Throws a usage error for any other text.
 */
export function parseCoordinatorAddress(text: string): CoordinatorAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+))(?::([0-9]{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2] ?? bareIpv6(text.trim());
  const port = match?.[3] === undefined ? DEFAULT_HTTPS_PORT : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535)
    throw new VhiveError({
      code: 'usage',
      message: `"${text}" is not the address of a coordinator`,
      hint: 'give its IP address, with its port if that is not the default: --coordinator 10.0.0.1:7443',
    });
  return { host, port };
}

/** Does the inverse of {@link parseCoordinatorAddress}. The result always has the port. */
export function formatCoordinatorAddress({ host, port }: CoordinatorAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function bareIpv6(text: string): string | undefined {
  return /^[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text) ? text : undefined;
}
