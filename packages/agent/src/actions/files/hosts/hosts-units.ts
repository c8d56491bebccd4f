import { rootFile } from '../../kit/managed-file.ts';
import type { BootUnit } from '../../systemd/boot-unit.ts';
import type { OneshotUnit } from '../../systemd/oneshot-unit.ts';
import { HOSTS_SCRIPT } from './hosts-script.ts';

/**
 * The unit that restores the entries at boot, because images of cloud providers rewrite /etc/hosts then (cloud-init's
 * manage_etc_hosts, scripts of testbeds). The watch on the file begins before this unit, so that no change between the
 * two is missed.
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

/**
 * The unit that the watch starts. Unlike the unit above, it ends each time, because systemd does not start a unit again
 * that is still active.
 */
const hostsAgainUnit = rootFile(
  '/etc/systemd/system/vhive-hosts-again.service',
  `# Written by vhive-agent; changes are overwritten.
[Unit]
Description=Entries of vHive in /etc/hosts, after somebody wrote it
# It runs at most once a second, even against a program that removes the entries each time.
StartLimitIntervalSec=0

[Service]
Type=oneshot
# The pause lets a program that writes the file line by line come to its end. systemd does not notice what is written
# while this unit runs, so the script runs twice.
ExecStart=/bin/sleep 1
ExecStart=${HOSTS_SCRIPT}
ExecStart=${HOSTS_SCRIPT}
`,
);

/** The path unit that notices when somebody writes /etc/hosts. */
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
