import type { LabCluster } from './lab-cluster.ts';

/** The files that an agent and a coordinator write for themselves, and those that change on any running host. */
const own = ['/var/lib/vhive-agent', '/var/lib/vhive-coord', '/var/cache/vhive-coord', '/etc/vhive'];
const restless = ['/proc', '/sys', '/dev', '/run', '/tmp', '/var/tmp', '/var/log', '/var/lib/systemd', '/root'];

const script = `
find / -xdev \\( ${[...own, ...restless].map((path) => `-path ${path}`).join(' -o ')} \\) -prune -o \
  ! -type d -printf 'file %p %M %u %s %T@\\n' | sort
dpkg-query --show --showformat 'package \${Package} \${Version} \${Status}\\n'
systemctl list-unit-files --no-legend --full | sed 's/^/unit file /'
systemctl list-units --all --no-legend --plain --full --type=service,socket,timer,mount |
  awk '{ print "unit", $1, $2, $3 }' | grep -v -e systemd-tmpfiles -e 'user@' -e 'user-runtime'
ip -o link | awk '{ print "link", $2 }'
ip route | sed 's/^/route /'
awk '{ print "mount", $5 }' /proc/self/mountinfo
for setting in net/ipv4/ip_forward net/ipv4/conf/all/promote_secondaries net/ipv4/ip_local_port_range kernel/threads-max
do echo "setting $setting $(cat /proc/sys/$setting)"; done
`;

/**
 * Lists everything on a host that setting up a cluster changes, as lines: files, packages, units, network and kernel
 * settings.
 */
export async function listHost(cluster: LabCluster, name: string): Promise<string[]> {
  return (await cluster.shell(name, script)).split('\n');
}

/** Returns what differs between two listings: lines that are gone or old with `-`, and new ones with `+`. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}
