import type { LabHost } from '../types.ts';
import { kindOf } from './kinds.ts';

const [begin, end] = ['# hosts of the lab', '# end of the hosts of the lab'];

/** Brings the lab's lines in a running host's /etc/hosts up to date and leaves all other lines alone. */
export async function updateHostsFile(
  host: LabHost,
  hosts: readonly { name: string; address: string }[],
): Promise<void> {
  const kind = kindOf(host);
  const present = (await kind.readFile(host, '/etc/hosts')) ?? '';
  const text = withLabHosts(present, hosts);
  if (text !== present) await kind.writeFile(host, '/etc/hosts', text, 0o644);
}

/**
 * Returns the text of an /etc/hosts file with the lab's lines replaced. An empty file also gets the lines that a Debian
 * machine starts with.
 */
export function withLabHosts(text: string, hosts: readonly { name: string; address: string }[]): string {
  const lines = text.split('\n');
  const [from, to] = [lines.indexOf(begin), lines.indexOf(end)];
  const others = from >= 0 && to > from ? [...lines.slice(0, from), ...lines.slice(to + 1)] : lines;
  const kept = others.join('\n').trimEnd() || '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback';
  return `${kept}\n${begin}\n${hosts.map((host) => `${host.address} ${host.name}\n`).join('')}${end}\n`;
}
