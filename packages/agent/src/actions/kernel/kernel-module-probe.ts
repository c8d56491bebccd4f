import type { Host } from '../../host/host.ts';

/** The signs in the file system that a feature exists, however it got into the kernel. */
const signs: Record<string, { path: string } | { fileSystem: string }> = {
  br_netfilter: { path: '/proc/sys/net/bridge/bridge-nf-call-iptables' },
  bridge: { path: '/sys/module/bridge' },
  // /dev/mapper/control would not do: kmod and libdevmapper make that node also for a kernel without the device mapper.
  dm_mod: { path: '/sys/class/misc/device-mapper' },
  fuse: { fileSystem: 'fuse' },
  kvm: { path: '/dev/kvm' },
  loop: { path: '/dev/loop-control' },
  nf_conntrack: { path: '/proc/sys/net/netfilter' },
  overlay: { fileSystem: 'overlay' },
  tun: { path: '/dev/net/tun' },
  vhost_vsock: { path: '/dev/vhost-vsock' },
};

/** Returns the release of the running kernel, as `uname -r` prints it. */
export async function kernelRelease(host: Host): Promise<string> {
  return (await host.readFile('/proc/sys/kernel/osrelease'))?.toString().trim() ?? (await host.facts()).kernel;
}

/**
 * Tells whether a module is loaded or built in. Hosts without /lib/modules (containers, monolithic kernels) are judged
 * by what the kernel shows.
 */
export async function isModuleAvailable(host: Host, module: string): Promise<boolean> {
  const name = module.replaceAll('-', '_');
  if (await host.stat(`/sys/module/${name}`)) return true;
  const text = async (path: string) => (await host.readFile(path))?.toString() ?? '';
  if ((await text('/proc/modules')).split('\n').some((line) => line.split(' ')[0] === name)) return true;
  const sign = signs[name];
  if (sign) {
    if ('path' in sign && (await host.stat(sign.path))) return true;
    if ('fileSystem' in sign) {
      const lines = (await text('/proc/filesystems')).split('\n');
      if (lines.some((line) => line.trim().split(/\s+/).at(-1) === sign.fileSystem)) return true;
    }
  }
  const builtIn = await text(`/lib/modules/${await kernelRelease(host)}/modules.builtin`);
  return builtIn.split('\n').some(
    (line) =>
      line
        .split('/')
        .at(-1)
        ?.replace(/\.ko.*$/, '')
        .replaceAll('-', '_') === name,
  );
}
