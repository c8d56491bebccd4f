/** Where a host keeps what the lab gives it to boot with. */
export const labLibrary = '/usr/lib/vhive-lab';

/** Where every host sees the local package repository. */
export const aptRepositoryTarget = '/var/lib/lab-apt';

/**
 * Directories of /proc/sys that belong to the machine's one kernel: hosts get a private copy of them. `net` is not
 * among them: what a network namespace shows there is its own, and what is the machine's alone (the limits of the
 * neighbour tables, net.ipv4.neigh.default.*) it does not show or lets nobody write (nf_conntrack_max). The rest is
 * read-only in a host.
 */
export const shieldedSysctlDirectories = ['vm', 'kernel', 'fs'] as const;

/** The one setting of `net` that every network namespace can write and that acts on the machine's kernel. */
export const shieldedNetworkSysctls = ['net/netfilter/nf_hooks_lwtunnel'] as const;

/** Inside the shielded directories, what belongs to the host's own namespaces and so may be changed for real. */
const namespacedSysctls = [
  ...['hostname', 'domainname', 'ns_last_pid', 'shmmax', 'shmall', 'shmmni', 'shm_rmid_forced', 'shm_next_id'],
  ...['msgmax', 'msgmnb', 'msgmni', 'msg_next_id', 'sem', 'sem_next_id'],
].map((name) => `kernel/${name}`);

/** Inside the shielded directories, what is only worth something when it is live; it stays read-only. */
const liveSysctls = ['kernel/random', 'fs/file-nr', 'fs/inode-nr', 'fs/inode-state', 'fs/dentry-state', 'fs/aio-nr'];

/**
 * What a host does before its other units. systemd-nspawn leaves the version 1 cgroup controllers and /proc/sys
 * read-only; a real machine has both writable, and kubelet needs them so.
 */
export const earlyBootScript = `#!/bin/sh
# The host has its own directory in every cgroup hierarchy: let it make groups there.
while read -r _ target type options _; do
  case $type,$options in cgroup,ro,*) mount -o remount,bind,rw "$target" ;; esac
done < /proc/self/mounts

# Kernel settings without a namespace belong to the machine. The host reads and writes private copies of them,
# which hold the machine's values at boot and can be set like a kernel's but have no effect.
mkdir -p /run/lab-sysctl
cp -r ${labLibrary}/sysctl/. /run/lab-sysctl/
cd /run/lab-sysctl
for setting in ${namespacedSysctls.join(' ')}; do
  [ -e "$setting" ] && mount --bind "/proc/sys/$setting" "$setting" && mount -o remount,bind,rw "$setting"
done
for setting in ${liveSysctls.join(' ')}; do
  [ -e "$setting" ] && mount --rbind "/proc/sys/$setting" "$setting"
done
[ -e fs/mqueue ] && mount --bind /proc/sys/fs/mqueue fs/mqueue && mount -o remount,bind,rw fs/mqueue
for directory in ${shieldedSysctlDirectories.join(' ')}; do
  mount --rbind "$directory" "/proc/sys/$directory" || exit 1
done
for setting in ${shieldedNetworkSysctls.join(' ')}; do
  [ -e "$setting" ] && [ -e "/proc/sys/$setting" ] || continue
  mount --bind "$setting" "/proc/sys/$setting" || exit 1
done

# As on a machine with systemd as its first process: mounts of pods must reach kubelet and the runtime. Last,
# because what is mounted on shared mounts shows up at every place they are seen.
mount --make-rshared /
exit 0
`;

/** Runs {@link earlyBootScript} before anything reads or writes kernel settings. */
export const earlyBootUnit = `[Unit]
Description=What this host needs to pass for a machine of its own
DefaultDependencies=no
Before=sysinit.target systemd-sysctl.service systemd-modules-load.service systemd-journald.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${labLibrary}/early-boot

[Install]
WantedBy=sysinit.target
`;
