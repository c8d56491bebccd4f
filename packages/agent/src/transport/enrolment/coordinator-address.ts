import { DEFAULT_HTTPS_PORT, VhiveError } from '@vhive/shared';

/** Where a coordinator's HTTPS server listens. */
export interface CoordinatorAddress {
  host: string;
  port: number;
}

/** Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`; the port defaults to the coordinator's own. Throws a usage error. */
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

/** The inverse of {@link parseCoordinatorAddress}; always with the port. */
export function formatCoordinatorAddress({ host, port }: CoordinatorAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function bareIpv6(text: string): string | undefined {
  return /^[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text) ? text : undefined;
}
