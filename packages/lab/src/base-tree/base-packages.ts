/**
 * The packages that the hosts have from the start. They make a small Debian server, without anything that the product
 * installs by itself.
 */
export const basePackages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'kmod', 'procps', 'iproute2', 'iputils-ping', 'netbase', 'curl'],
  ...['ca-certificates', 'tzdata', 'nats-server'],
  // The Node.js of the release is linked against these libraries. A usual Debian server has them because other packages
  // need them.
  ...['libatomic1', 'libstdc++6'],
] as const;

/**
 * The paths that are removed from the tree: downloads, indices, documentation, and the start of services that nobody
 * asked for.
 */
export const removedPaths = [
  ...['/usr/share/doc', '/usr/share/man', '/usr/share/locale', '/usr/share/info', '/var/cache/apt', '/var/log'],
  ...['/var/lib/apt/lists', '/etc/machine-id', '/var/lib/dbus/machine-id', '/etc/resolv.conf', '/etc/hostname'],
  '/etc/systemd/system/multi-user.target.wants/nats-server.service',
] as const;

/** The directories that are made again, empty, after the removal, because programs expect them. */
export const emptyDirectories = [
  '/var/cache/apt/archives/partial',
  '/var/log/journal',
  '/var/lib/apt/lists/partial',
] as const;
