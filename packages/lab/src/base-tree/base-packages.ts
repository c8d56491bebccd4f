/** What the hosts have from the start: a small Debian server, nothing of what the product installs by itself. */
export const basePackages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'kmod', 'procps', 'iproute2', 'iputils-ping', 'netbase', 'curl'],
  ...['ca-certificates', 'tzdata', 'nats-server'],
  // The Node.js of the release is linked against these; a Debian server has them by way of its other packages.
  ...['libatomic1', 'libstdc++6'],
] as const;

/** Removed from the tree: downloads, indices, documentation, and the start of services nobody asked for. */
export const removedPaths = [
  ...['/usr/share/doc', '/usr/share/man', '/usr/share/locale', '/usr/share/info', '/var/cache/apt', '/var/log'],
  ...['/var/lib/apt/lists', '/etc/machine-id', '/var/lib/dbus/machine-id', '/etc/resolv.conf', '/etc/hostname'],
  '/etc/systemd/system/multi-user.target.wants/nats-server.service',
] as const;

/** Made again after the removal, empty, because programs expect them. */
export const emptyDirectories = [
  '/var/cache/apt/archives/partial',
  '/var/log/journal',
  '/var/lib/apt/lists/partial',
] as const;
