import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runTool } from '../../machine/command.ts';
import { moduleOrder } from './module-order.ts';

/** The name by which the host mounts the folder with its own files. */
export const seedTag = 'vhive-lab-seed';

/** The modules without which the kernel sees neither its disk nor the folder with its own files. */
const bootModules = ['virtio_pci', 'virtio_blk', 'crc32c_intel', 'crc32c_generic', 'ext4', '9pnet_virtio', '9p'];

/**
 * The first program. It loads modules, mounts the disk, copies the host's own files onto it (those of `first` once,
 * those of `boot` at each boot) and hands over to systemd.
 */
export const initScript = `#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read -r module; do insmod /modules/$module || echo "insmod $module failed"; done < /modules/order
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 100 ]; do usleep 100000; tries=$((tries + 1)); done
mount -t ext4 /dev/vda /new || exec poweroff -f
mount -t 9p -o ro,trans=virtio,version=9p2000.L ${seedTag} /seed || exec poweroff -f
if [ ! -e /new/.lab-first-boot-done ]; then
  cp -a /seed/first/. /new/ && : > /new/.lab-first-boot-done
fi
cp -a /seed/boot/. /new/
umount /seed
mount --move /dev /new/dev; umount /sys; umount /proc
exec switch_root /new /sbin/init
`;

/**
 * Makes the initial file system from which a host boots.
 *
 * @param busybox path of a static busybox
 * @param modules directory of the kernel's modules, with modules.dep
 * @param work an empty directory to build in
 * @param target the file to make, uncompressed
 */
export async function makeInitramfs(busybox: string, modules: string, work: string, target: string): Promise<void> {
  const order = moduleOrder(await readFile(join(modules, 'modules.dep'), 'utf8'), bootModules);
  for (const directory of ['bin', 'dev', 'proc', 'sys', 'new', 'seed', 'modules'])
    await mkdir(join(work, directory), { recursive: true });
  await cp(busybox, join(work, 'bin/busybox'));
  for (const file of order) await cp(join(modules, file), join(work, 'modules', basename(file)));
  await writeFile(join(work, 'modules/order'), `${order.map((file) => basename(file)).join('\n')}\n`);
  await writeFile(join(work, 'init'), initScript);
  await chmod(join(work, 'init'), 0o755);
  await mkdir(dirname(target), { recursive: true });
  const script = 'cd "$1" && find . | "$2" cpio -o -H newc > "$3"';
  await runTool(['sh', '-c', script, 'cpio', work, busybox, target], { doing: 'making the initial file system' });
}
