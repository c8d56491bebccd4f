import { stringify } from 'smol-toml';
import { POOL_DIRECTORY } from '../kit/thin-pool-place.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';

// Paths and settings as in vHive's own configs/firecracker-containerd: its source names them too.

/** The socket of firecracker-containerd. */
export const FIRECRACKER_SOCKET = '/run/firecracker-containerd/containerd.sock';
/** Its configuration. */
export const FIRECRACKER_CONFIG = '/etc/firecracker-containerd/config.toml';
/** How its shim starts a microVM. */
export const FIRECRACKER_RUNTIME = '/etc/containerd/firecracker-runtime.json';
/** The thin pool with the disks of microVMs. */
export const POOL_NAME = 'fc-dev-thinpool';
/** The kernel every microVM boots; the name is upstream's, whatever kernel it is. */
export const KERNEL_IMAGE = '/var/lib/firecracker-containerd/runtime/hello-vmlinux.bin';
/** The root drive every microVM boots from, with the agent within. */
export const ROOT_DRIVE = '/var/lib/firecracker-containerd/runtime/default-rootfs.img';
/** The socket of the demux snapshotter. */
export const DEMUX_SOCKET = '/var/lib/demux-snapshotter/snapshotter.sock';
/** Its configuration. */
export const DEMUX_CONFIG = '/etc/demux-snapshotter/config.toml';

/** `/etc/firecracker-containerd/config.toml`: containerd 1, without CRI, on the thin pool. */
export function firecrackerContainerdConfig({ stargz }: { stargz: boolean }): string {
  const proxy = { proxy_plugins: { proxy: { type: 'snapshot', address: DEMUX_SOCKET } } };
  return `${WRITTEN_BY_VHIVE}${stringify({
    disabled_plugins: ['cri'],
    root: '/var/lib/firecracker-containerd/containerd',
    state: '/run/firecracker-containerd',
    grpc: { address: FIRECRACKER_SOCKET },
    ...(stargz ? proxy : {}),
    plugins: { devmapper: { pool_name: POOL_NAME, base_image_size: '10GB', root_path: POOL_DIRECTORY } },
    debug: { level: 'debug' },
  })}\n`;
}

/** `/etc/containerd/firecracker-runtime.json`: how every microVM is started. */
export const firecrackerRuntime = `${JSON.stringify(
  {
    firecracker_binary_path: '/usr/local/bin/firecracker',
    kernel_image_path: KERNEL_IMAGE,
    kernel_args:
      'console=ttyS0 noapic reboot=k panic=1 pci=off nomodules ro systemd.journald.forward_to_console systemd.unit=firecracker.target init=/sbin/overlay-init',
    root_drive: ROOT_DRIVE,
    cpu_template: 'T2',
    log_levels: ['info'],
  },
  null,
  2,
)}\n`;

/** `/etc/demux-snapshotter/config.toml`: passes snapshots on to the snapshotter within each microVM. */
export const demuxConfig = `${WRITTEN_BY_VHIVE}${stringify({
  snapshotter: {
    listener: { type: 'unix', address: DEMUX_SOCKET },
    proxy: { address: { resolver: { type: 'http', address: 'http://127.0.0.1:10001' } } },
    metrics: { enable: false },
  },
  debug: { logLevel: 'info' },
})}\n`;
