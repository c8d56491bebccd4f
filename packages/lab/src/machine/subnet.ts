import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import { toolPath } from './tool-path.ts';

/**
 * The networks that a lab may take, in order of preference. None overlaps what clusters use inside by default:
 * 10.96.0.0/12 and 10.244.0.0/16 (Kubernetes), 192.168.0.0/16 (Calico), 172.16.0.0/12 (Docker, microVMs),
 * 10.168.0.0/16, 10.200.0.0/16.
 */
export const labSubnets: readonly string[] = Array.from({ length: 16 }, (_, index) => `10.77.${index}.0/24`).concat(
  Array.from({ length: 16 }, (_, index) => `10.87.${index}.0/24`),
);

/**
 * Returns the first address and the number of addresses of an IPv4 range such as 10.77.0.0/24. An address without a
 * length is a range of one.
 */
function rangeOf(cidr: string): { first: number; size: number } {
  const [address = '', length = '32'] = cidr.split('/');
  const value = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(length));
  return { first: Math.floor(value / size) * size, size };
}

/** Tells whether two IPv4 ranges share an address. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a.first < b.first + b.size && b.first < a.first + a.size;
}

/** Returns the first lab network that none of the machine's routes leads into; undefined when all are taken. */
export function freeSubnet(routes: readonly string[], candidates = labSubnets): string | undefined {
  return candidates.find((candidate) => !routes.some((route) => overlaps(candidate, route)));
}

/** Returns the address with the number `index` of a /24 network: `hostAddress('10.77.0.0/24', 11)` is 10.77.0.11. */
export function hostAddress(subnet: string, index: number): string {
  return subnet.replace(/\d+\/24$/, String(index));
}

/** Chooses a network for a new lab by the machine's routes. Throws a VhiveError when none is free. */
export async function chooseSubnet(): Promise<string> {
  const { stdout } = await execa('ip', ['-json', '-4', 'route', 'show', 'table', 'all'], { env: { PATH: toolPath } });
  const routes = (JSON.parse(stdout || '[]') as { dst: string }[]).map((route) => route.dst);
  const subnet = freeSubnet(routes.filter((destination) => destination !== 'default' && destination !== '0.0.0.0/0'));
  if (subnet !== undefined) return subnet;
  throw new VhiveError({
    code: 'preflight',
    message: `No network is free for the lab: this machine has routes into each of ${labSubnets[0]} ... ${labSubnets.at(-1)}.`,
    hint: 'Remove a lab that is no longer needed (vhive-coord lab down), or use: vhive-coord up --simulate 4',
  });
}
