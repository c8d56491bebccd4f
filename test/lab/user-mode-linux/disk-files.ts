/** Where the machine's own files are shown while it runs, by its side. */
export const SHARE = '/run/share';

/** What is not of interest here and makes the boot longer; the rest of Debian starts as on any server. */
const masked = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer'],
  ...['e2scrub_reap.service', 'systemd-logind.service', 'systemd-random-seed.service', 'getty.target'],
  ...['systemd-update-utmp.service', 'systemd-update-utmp-runlevel.service', 'systemd-journal-flush.service'],
  ...['modprobe@fuse.service', 'modprobe@drm.service', 'modprobe@configfs.service', 'modprobe@efi_pstore.service'],
  ...['dev-hugepages.mount', 'dev-mqueue.mount', 'sys-kernel-debug.mount', 'sys-kernel-tracing.mount'],
];

/** Makers of units, asked at every reload: those of hardware and habits that this machine does not have. */
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

/** Links to /dev/null on the disk, by which systemd leaves a unit or a maker of units out. */
export const maskingLinks = [
  ...masked.map((unit) => `/etc/systemd/system/${unit}`),
  ...maskedGenerators.map((name) => `/etc/systemd/system-generators/systemd-${name}-generator`),
];

/** The unit that is booted to: after all that a server starts, the commands; at their end the power goes off. */
export const COMMANDS_UNIT = 'own-machine-commands.service';

/** Files on the disk besides Debian's, by their path. */
export const diskFiles: Readonly<Record<string, string>> = {
  '/etc/hostname': 'own-machine\n',
  '/etc/fstab': '/dev/ubda / ext4 defaults 0 1\n',
  // Empty: systemd gives the machine an identity at its first boot.
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
  // This kernel has five hundred terminals, each a device for udev to look at; what matters here are disks.
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
