import type { HostFinding } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import { unitStatus } from '../systemd/unit-status.ts';

/** The firewalls of distributions: how each lets the traffic of a network in. */
const openings: Readonly<Record<string, string>> = {
  ufw: 'ufw allow from <LAN>; ufw default allow routed',
  firewalld: 'firewall-cmd --permanent --zone=trusted --add-source=<LAN> && firewall-cmd --reload',
};

async function active(host: Host): Promise<string[]> {
  // The service of ufw only loads rules at boot, and is active also when the firewall is off.
  const ufw = (await host.readFile('/etc/ufw/ufw.conf'))?.toString() ?? '';
  const firewalld = await unitStatus(host, 'firewalld.service');
  return [
    ...(/^\s*ENABLED=yes\s*$/im.test(ufw) ? ['ufw'] : []),
    ...(firewalld?.load === 'loaded' && firewalld.active === 'active' ? ['firewalld'] : []),
  ];
}

/**
 * Warns of a firewall on a host that is to become a node. Other nodes try the TCP ports of the cluster anyhow; what no
 * node can try beforehand is the traffic between pods, which has protocols of its own.
 */
export async function firewallFindings(host: Host, joined: boolean): Promise<HostFinding[]> {
  if (joined) return [];
  return (await active(host)).map((name) => ({
    check: 'firewall',
    level: 'warning',
    message: `the firewall ${name} is active: it must let the other nodes and the traffic between pods in`,
    hint: `${openings[name]} (with the network of the nodes and that of the pods); docs/operating.md, "Ports", names what is needed`,
  }));
}
