import { rootFile } from '../../kit/managed-file.ts';
import type { BootUnit } from '../../systemd/boot-unit.ts';
import type { OneshotUnit } from '../../systemd/oneshot-unit.ts';
import { HOSTS_SCRIPT } from './hosts-script.ts';

/**
 * At boot: images of cloud providers write /etc/hosts anew then (cloud-init's manage_etc_hosts, scripts of testbeds). The
 * watch begins before, so that nothing comes in between.
 */
export const hostsUnit: OneshotUnit = {
  name: 'vhive-hosts.service',
  description: 'Entries of vHive in /etc/hosts',
  unit: [
    'After=vhive-hosts.path network-online.target cloud-init.service cloud-init-network.service',
    'Before=kubelet.service',
  ],
  service: [`ExecStart=${HOSTS_SCRIPT}`],
};

/** What the watch starts: unlike the unit above it ends each time, since one that is active is not started again. */
const hostsAgainUnit = rootFile(
  '/etc/systemd/system/vhive-hosts-again.service',
  `# Written by vhive-agent; changes are overwritten.
[Unit]
Description=Entries of vHive in /etc/hosts, after somebody wrote it
# Once a second at most, even against a program that takes them out each time.
StartLimitIntervalSec=0

[Service]
Type=oneshot
# Who writes it line by line comes to an end first. systemd does not tell what is written while this runs, so it looks twice.
ExecStart=/bin/sleep 1
ExecStart=${HOSTS_SCRIPT}
ExecStart=${HOSTS_SCRIPT}
`,
);

/** Tells that somebody wrote /etc/hosts. */
export const hostsWatch: BootUnit = {
  name: 'vhive-hosts.path',
  file: rootFile(
    '/etc/systemd/system/vhive-hosts.path',
    `# Written by vhive-agent; changes are overwritten.
[Unit]
Description=Watch over /etc/hosts for vHive

[Path]
PathChanged=/etc/hosts
Unit=vhive-hosts-again.service

[Install]
WantedBy=multi-user.target
`,
  ),
  others: [{ name: 'vhive-hosts-again.service', file: hostsAgainUnit }],
};
