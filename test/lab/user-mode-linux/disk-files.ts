/** The folder in the machine at which a folder of this machine is shown: it brings the commands in and the result out. */
export const SHARE = '/run/share';

/** Units that do not matter here and that make the boot longer. The rest of Debian starts as on any server. */
const masked = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer'],
  ...['e2scrub_reap.service', 'systemd-logind.service', 'systemd-random-seed.service', 'getty.target'],
  ...['systemd-update-utmp.service', 'systemd-update-utmp-runlevel.service', 'systemd-journal-flush.service'],
  ...['modprobe@fuse.service', 'modprobe@drm.service', 'modprobe@configfs.service', 'modprobe@efi_pstore.service'],
  ...['dev-hugepages.mount', 'dev-mqueue.mount', 'sys-kernel-debug.mount', 'sys-kernel-tracing.mount'],
];

/**
 * Generators of units, which systemd asks at every reload. These serve hardware and features that this machine does not
 * have.
 */
const maskedGenerators = [
  ...[
    'bless-boot',
    'cryptsetup',
    'debug',
    'getty',
    'gpt-auto',
    'hibernate-resume',
    'integritysetup',
    'rc-local',
    'run',
  ],
  ...['system-update', 'sysv', 'veritysetup'],
];

/** Links to /dev/null on the disk. By them systemd leaves a unit or a generator out. */
export const maskingLinks = [
  ...masked.map((unit) => `/etc/systemd/system/${unit}`),
  ...maskedGenerators.map((name) => `/etc/systemd/system-generators/systemd-${name}-generator`),
];

/**
 * The unit to which the machine boots. It runs the commands after everything that a server starts, and then the power
 * goes off.
 */
export const COMMANDS_UNIT = 'own-machine-commands.service';

/** Files on the disk besides Debian's, by their path. */
export const diskFiles: Readonly<Record<string, string>> = {
  '/etc/hostname': 'own-machine\n',
  '/etc/fstab': '/dev/ubda / ext4 defaults 0 1\n',
  // The file is empty, so that systemd gives the machine an identity at its first boot.
  '/etc/machine-id': '',
  [`/etc/systemd/system/${COMMANDS_UNIT}`]: `[Unit]
Description=What this machine was booted for
Wants=multi-user.target
After=multi-user.target
SuccessAction=poweroff
FailureAction=poweroff

[Service]
Type=oneshot
StandardOutput=journal+console
StandardError=journal+console
ExecStart=/bin/sh /usr/local/lib/own-machine-commands
`,
  // This kernel has five hundred terminals, each of which is a device for udev to look at. Only disks matter here.
  '/etc/systemd/system/systemd-udev-trigger.service.d/disks.conf': `[Service]
ExecStart=
ExecStart=udevadm trigger --type=all --action=add --prioritized-subsystem=block --subsystem-match=block
`,
  '/usr/local/lib/own-machine-commands': `set -eu
share=$(sed -n 's/.*own_machine_share=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
mkdir -p ${SHARE}
mount -t hostfs -o "$share" none ${SHARE}
exec sh ${SHARE}/commands
`,
};
