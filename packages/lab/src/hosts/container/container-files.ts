import { earlyBootScript, earlyBootUnit, labLibrary } from '../../base-tree/early-boot.ts';
import type { HostFiles } from '../host-files.ts';

/** What containers get beyond other hosts, because they share the machine's kernel. */
export const containerFiles: HostFiles = {
  files: [
    { path: `${labLibrary}/early-boot`, text: earlyBootScript, mode: 0o755 },
    { path: '/etc/systemd/system/vhive-lab-early-boot.service', text: earlyBootUnit },
    {
      // The kernel's messages are those of the machine and not of the host. The journal is kept so that it can be read
      // after a reboot.
      path: '/etc/systemd/journald.conf.d/lab.conf',
      text: '[Journal]\nReadKMsg=no\nStorage=persistent\nSystemMaxUse=64M\n',
    },
    {
      // systemd waits 90 s for containers that do not end when it stops, and Knative's programs let 45 s go by so that
      // load balancers forget them. Nobody waits for them in a lab.
      path: '/etc/systemd/system/cri-containerd-.scope.d/lab.conf',
      text: '[Scope]\nTimeoutStopSec=10s\n',
    },
    {
      // The clock belongs to the machine. chronyd may read it (-x), but hosts lack the capability to set it.
      path: '/etc/systemd/system/chrony.service.d/lab.conf',
      text: '[Unit]\nConditionCapability=\n\n[Service]\nExecStart=\nExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS\n',
    },
  ],
  links: {
    '/etc/systemd/system/sysinit.target.wants/vhive-lab-early-boot.service': '../vhive-lab-early-boot.service',
  },
  // They would touch the machine's kernel.
  maskedUnits: [
    ...['systemd-update-utmp.service', 'proc-sys-fs-binfmt_misc.automount', 'systemd-binfmt.service'],
    ...['sys-kernel-config.mount', 'sys-kernel-debug.mount', 'sys-kernel-tracing.mount'],
    'sys-fs-fuse-connections.mount',
  ],
};
