import { join } from 'node:path';
import type { LabBind } from '../../types.ts';
import { bindTag } from './disk.ts';
import { emulatorVariables, firmwareDirectories, unpackedProgram } from './emulator-tools.ts';
import { controlAddress, controlPort } from './guest-files.ts';
import type { EmulatedHostPaths } from './host-paths.ts';
import type { EmulatedImage } from './image.ts';
import { seedTag } from './initramfs.ts';

/** What qemu emulates: enough for a control plane or a function; memory is taken only as it is used. */
const [processors, memoryMiB] = [2, 4096];

/** The card of the lab's network, by its qemu name. The monitor takes it to cut the cable. */
export const labCard = 'lab';

/** What a host's qemu is told. */
export interface EmulatedMachine {
  name: string;
  image: EmulatedImage;
  paths: EmulatedHostPaths;
  binds: readonly LabBind[];
  /** The hardware address of the lab's card. */
  mac: string;
  /** The address of loopback, in the namespace of the lab's bridge, at which the host's line to the lab is. */
  line: string;
  /** The file of that namespace. */
  bridgeNamespace: string;
}

/**
 * Returns the command line of a host's qemu. It emulates the processor in software, so it needs no KVM of the machine;
 * the processor that it emulates has AMD's virtualisation, so the host has /dev/kvm. A reboot keeps the process.
 */
export function qemuCommand({ name, image, paths, binds, mac, line, bridgeNamespace }: EmulatedMachine): string[] {
  const boot = 'root=/dev/vda rw console=ttyS0 net.ifnames=0 loglevel=4 systemd.show_status=auto panic=10';
  const shown = binds.map(({ source, readOnly }, index) => ({ tag: bindTag(index), source, readOnly }));
  const folders = [{ tag: seedTag, source: paths.seed, readOnly: true }, ...shown];
  const variables = Object.entries(emulatorVariables(image.tools)).map(([key, value]) => `${key}=${value}`);
  return [
    ...['nsenter', `--net=${bridgeNamespace}`, '--', 'env', ...variables],
    ...unpackedProgram(image.tools, 'usr/bin/qemu-system-x86_64'),
    ...firmwareDirectories(image.tools).flatMap((directory) => ['-L', directory]),
    ...['-name', name, '-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'stdio'],
    ...['-accel', 'tcg,thread=multi', '-machine', 'pc', '-cpu', 'EPYC,+svm'],
    ...['-smp', String(processors), '-m', String(memoryMiB), '-rtc', 'base=utc,clock=host'],
    ...['-kernel', image.kernel, '-initrd', image.initramfs, '-append', boot],
    // Only a crash of the whole machine can lose what the host has written, and then the host is lost as well.
    ...['-drive', `file=${escaped(paths.disk)},if=virtio,format=qcow2,cache=unsafe,discard=unmap`],
    ...['-netdev', `tap,id=${labCard},ifname=${name},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=${labCard},mac=${mac}`],
    ...['-netdev', `user,id=line,restrict=on,hostfwd=tcp:${line}:${controlPort}-${controlAddress}:${controlPort}`],
    ...['-device', 'virtio-net-pci,netdev=line', '-device', 'virtio-rng-pci'],
    ...['-qmp', `unix:${escaped(paths.monitor)},server=on,wait=off`],
    ...folders.flatMap(({ tag, source, readOnly }) => [
      '-fsdev',
      `local,id=${tag},path=${escaped(source)},security_model=none,multidevs=remap${readOnly ? ',readonly=on' : ''}`,
      '-device',
      `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`,
    ]),
  ];
}

/** Writes a path as a value of qemu's options, in which a comma is doubled. */
function escaped(path: string): string {
  return join(path).replaceAll(',', ',,');
}
