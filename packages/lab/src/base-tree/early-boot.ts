/** The directory in which a host keeps what the lab gives it to boot with. */
export const labLibrary = '/usr/lib/vhive-lab';

/** The path at which every host sees the local package repository. */
export const aptRepositoryTarget = '/var/lib/lab-apt';

/**
 * The directories of /proc/sys that belong to the machine's one kernel, so that hosts get a private copy of them. `net`
 * is not among them. What a network namespace shows there is its own; what belongs to the machine alone it does not
 * show (the limits of the neighbour tables, net.ipv4.neigh.default.*) or lets nobody write (nf_conntrack_max). The rest
 * of /proc/sys is read-only in a host.
 */
export const shieldedSysctlDirectories = ['vm', 'kernel', 'fs'] as const;

/** The only setting of `net` that every network namespace can write and that acts on the machine's kernel. */
export const shieldedNetworkSysctls = ['net/netfilter/nf_hooks_lwtunnel'] as const;

/** The settings in the shielded directories that belong to the host's own namespaces and so may really be changed. */
const namespacedSysctls = [
  ...['hostname', 'domainname', 'ns_last_pid', 'shmmax', 'shmall', 'shmmni', 'shm_rmid_forced', 'shm_next_id'],
  ...['msgmax', 'msgmnb', 'msgmni', 'msg_next_id', 'sem', 'sem_next_id'],
].map((name) => `kernel/${name}`);

/** The settings in the shielded directories that are only of use with their live values. They stay read-only. */
const liveSysctls = ['kernel/random', 'fs/file-nr', 'fs/inode-nr', 'fs/inode-state', 'fs/dentry-state', 'fs/aio-nr'];

/**
 * The script that a host runs before its other units. systemd-nspawn leaves the version 1 cgroup controllers and
 * /proc/sys read-only, but on a real machine both are writable, and the kubelet needs them to be.
 */
export const earlyBootScript = `#!/bin/sh
# The host has its own directory in every cgroup hierarchy and must be able to make groups there.
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

# Mounts are shared, as on a machine with systemd as its first process, because mounts of pods must reach the kubelet
# and the container runtime. This comes last, because whatever is mounted on a shared mount appears wherever that is seen.
mount --make-rshared /
exit 0
`;

/** The unit that runs {@link earlyBootScript} before anything reads or writes kernel settings. */
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
