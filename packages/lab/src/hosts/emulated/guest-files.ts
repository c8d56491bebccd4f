import { labLibrary } from '../../base-tree/early-boot.ts';
import type { HostFiles } from '../host-files.ts';

/** The address that qemu gives the guest on the line to the lab. It is the first of qemu's own network. */
export const controlAddress = '10.0.2.15';

/** The port on which the host answers the lab, on its line to the lab alone. */
export const controlPort = 22;

/** The files that the initial file system copies onto the host's disk at each boot, by their path on it. */
export const settingsFile = `${labLibrary}/host.env`;
export const bindsFile = `${labLibrary}/binds`;

/**
 * The script that gives the host its network and the directories that it is shown, before its other units. The second
 * network card is the line to the lab (lab exec, lab reboot). It goes into a network namespace of its own, so that the
 * host, and whatever is installed on it, sees a machine with one card.
 */
const earlyBootScript = `#!/bin/sh
. ${settingsFile}
# udev loads the driver too, but later, and nothing tells when.
modprobe virtio_net
tries=0
while [ ! -e /sys/class/net/eth1 ] && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
ip link set lo up
ip link set eth0 up
ip addr add "$LAB_ADDRESS/24" broadcast + dev eth0
ip route add default via "$LAB_GATEWAY"

ip netns add lab
ip link set eth1 netns lab
ip -n lab link set lo up
ip -n lab link set eth1 up
ip -n lab addr add ${controlAddress}/24 dev eth1

while read -r tag target options; do
  mkdir -p "$target"
  mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,cache=$options" "$tag" "$target"
done < ${bindsFile}

# Mounts of pods must reach the kubelet and the container runtime.
mount --make-rshared /
`;

const earlyBootUnit = `[Unit]
Description=Network and shown directories of a host of the lab
DefaultDependencies=no
After=systemd-udevd.service systemd-remount-fs.service
Before=sysinit.target network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${labLibrary}/early-boot

[Install]
WantedBy=sysinit.target
`;

/**
 * The unit by which the lab runs programs on the host: an sshd that only qemu's line to the lab can reach. A program
 * belongs to the host as a whole, so each session leaves the sshd's network namespace.
 */
const controlUnit = `[Unit]
Description=Line to the lab
After=vhive-lab-early-boot.service

[Service]
ExecStart=/usr/bin/nsenter --net=/run/netns/lab /usr/sbin/sshd -D -f ${labLibrary}/sshd_config
RuntimeDirectory=sshd
KillMode=process
OOMScoreAdjust=-1000
Restart=always

[Install]
WantedBy=multi-user.target
`;

const sshdConfig = `Port ${controlPort}
HostKey ${labLibrary}/host_key
AuthorizedKeysFile ${labLibrary}/authorized_keys
PermitRootLogin prohibit-password
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
AcceptEnv *
PrintMotd no
MaxStartups 100
MaxSessions 100
LoginGraceTime 60
`;

/** What hosts under emulation get beyond other hosts. */
export const guestFiles: HostFiles = {
  files: [
    { path: `${labLibrary}/early-boot`, text: earlyBootScript, mode: 0o755 },
    { path: `${labLibrary}/sshd_config`, text: sshdConfig },
    { path: '/etc/systemd/system/vhive-lab-early-boot.service', text: earlyBootUnit },
    { path: '/etc/systemd/system/vhive-lab-control.service', text: controlUnit },
    { path: '/etc/fstab', text: '/dev/vda / ext4 defaults 0 1\n' },
    { path: '/etc/systemd/journald.conf.d/lab.conf', text: '[Journal]\nStorage=persistent\nSystemMaxUse=64M\n' },
  ],
  links: {
    '/etc/systemd/system/sysinit.target.wants/vhive-lab-early-boot.service': '../vhive-lab-early-boot.service',
    '/etc/systemd/system/multi-user.target.wants/vhive-lab-control.service': '../vhive-lab-control.service',
  },
  // Each takes a second or more of the boot under emulation, and serves what such a host has not.
  maskedUnits: [
    ...['ssh.service', 'ssh.socket', 'serial-getty@.service', 'getty.target', 'e2scrub_reap.service'],
    ...['systemd-update-utmp.service', 'systemd-update-utmp-runlevel.service', 'systemd-random-seed.service'],
    ...['modprobe@drm.service', 'modprobe@efi_pstore.service', 'systemd-pstore.service'],
  ],
};
