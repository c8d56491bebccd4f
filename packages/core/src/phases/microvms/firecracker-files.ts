import { stringify } from 'smol-toml';
import type { Features } from '../../features.ts';
import { POOL_DIRECTORY } from '../kit/thin-pool-space.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';

// The paths and settings are those of vHive's own configs/firecracker-containerd, because its source names them too.

/** The socket of firecracker-containerd. */
export const FIRECRACKER_SOCKET = '/run/firecracker-containerd/containerd.sock';
/** The configuration of firecracker-containerd. */
export const FIRECRACKER_CONFIG = '/etc/firecracker-containerd/config.toml';
/** The file that tells the shim of firecracker-containerd how to start a microVM. */
export const FIRECRACKER_RUNTIME = '/etc/containerd/firecracker-runtime.json';
/** The name of the thin pool that holds the disks of microVMs. */
export const POOL_NAME = 'fc-dev-thinpool';
/** The kernel that every microVM boots. The name is upstream's, whichever kernel it is. */
export const KERNEL_IMAGE = '/var/lib/firecracker-containerd/runtime/hello-vmlinux.bin';
/** The root drive from which every microVM boots, with firecracker-containerd's agent in it. */
export const ROOT_DRIVE = '/var/lib/firecracker-containerd/runtime/default-rootfs.img';
/** The folder of the demux snapshotter's socket, which the snapshotter does not make itself. */
export const DEMUX_DIRECTORY = '/var/lib/demux-snapshotter';
/** The socket of the demux snapshotter. */
export const DEMUX_SOCKET = `${DEMUX_DIRECTORY}/snapshotter.sock`;
/** The configuration of the demux snapshotter. */
export const DEMUX_CONFIG = '/etc/demux-snapshotter/config.toml';

/** Writes `/etc/firecracker-containerd/config.toml`, for a containerd 1 without CRI on the thin pool. */
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

/**
 * Writes `/etc/containerd/firecracker-runtime.json`, which says how a microVM is started unless the one who starts it
 * says otherwise. vHive has kernel arguments of its own (ctriface/iface.go, getVMConfig); the trial microVM has these.
 * The current kernel has ACPI, which does not go with `noapic` (https://github.com/firecracker-microvm/firecracker/issues/4816),
 * so it is off, as in vHive's own arguments.
 */
export function firecrackerRuntime({ legacyVhive }: Pick<Features, 'legacyVhive'>): string {
  const acpi = legacyVhive ? '' : ' acpi=off';
  const content = {
    firecracker_binary_path: '/usr/local/bin/firecracker',
    kernel_image_path: KERNEL_IMAGE,
    kernel_args: `console=ttyS0 noapic reboot=k panic=1${acpi} pci=off nomodules ro systemd.journald.forward_to_console systemd.unit=firecracker.target init=/sbin/overlay-init`,
    root_drive: ROOT_DRIVE,
    cpu_template: 'T2',
    log_levels: ['info'],
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * The content of `/etc/demux-snapshotter/config.toml`, by which snapshots are passed on to the snapshotter within each
 * microVM.
 */
export const demuxConfig = `${WRITTEN_BY_VHIVE}${stringify({
  snapshotter: {
    listener: { type: 'unix', address: DEMUX_SOCKET },
    proxy: { address: { resolver: { type: 'http', address: 'http://127.0.0.1:10001' } } },
    metrics: { enable: false },
  },
  debug: { logLevel: 'info' },
})}\n`;
