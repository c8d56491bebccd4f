/** Returns the files of a freshly installed machine that actions look at, by path. Everything in them is made up. */
export function seedFiles(name: string): Record<string, string> {
  const sysctl = (key: string, value: string) => [`/proc/sys/${key.replaceAll('.', '/')}`, `${value}\n`] as const;
  return {
    '/etc/hostname': `${name}\n`,
    '/etc/fstab': '/dev/vda1 / ext4 defaults 0 1\n/dev/vda2 none swap sw 0 0\n',
    '/etc/apt/apt.conf.d/20auto-upgrades': 'APT::Periodic::Unattended-Upgrade "1";\n',
    '/usr/lib/systemd/system/apt-daily.service': '',
    '/usr/lib/systemd/system/apt-daily.timer': '',
    '/usr/lib/systemd/system/apt-daily-upgrade.service': '',
    '/usr/lib/systemd/system/apt-daily-upgrade.timer': '',
    '/proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n/dev/vda2 partition 2097148 0 -2\n',
    '/proc/filesystems': 'nodev\toverlay\n\text4\n',
    '/proc/sys/kernel/osrelease': '6.1.0-simulated\n',
    ...Object.fromEntries([
      sysctl('net.ipv4.ip_forward', '0'),
      sysctl('net.ipv4.conf.all.forwarding', '0'),
      sysctl('net.ipv4.conf.all.promote_secondaries', '0'),
      sysctl('net.ipv4.ip_local_port_range', '32768\t60999'),
      sysctl('net.ipv4.neigh.default.gc_thresh1', '128'),
      sysctl('net.ipv4.neigh.default.gc_thresh2', '512'),
      sysctl('net.ipv4.neigh.default.gc_thresh3', '1024'),
      sysctl('net.bridge.bridge-nf-call-iptables', '0'),
      sysctl('net.bridge.bridge-nf-call-ip6tables', '0'),
      sysctl('kernel.pid_max', '32768'),
      sysctl('kernel.threads-max', '127000'),
      sysctl('fs.inotify.max_user_instances', '128'),
      sysctl('fs.inotify.max_user_watches', '1048576'),
      sysctl('vm.max_map_count', '65530'),
    ]),
  };
}
