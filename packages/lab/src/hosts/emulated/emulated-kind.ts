import { existsSync } from 'node:fs';
import { setHostLink } from '../../machine/network.ts';
import type { HostKind } from '../kind.ts';
import { ensureEmulatedDisk } from './disk.ts';
import { emulatedHostPaths } from './host-paths.ts';
import { ensureEmulatedImage } from './image.ts';
import { askMonitor } from './monitor.ts';
import { labCard } from './qemu-command.ts';
import { bootIdOf, execOverSsh } from './ssh.ts';
import { emulatorOf, startEmulated } from './start.ts';

/** Writes standard input to the file `$1` with the mode `$2`, so that readers see the old or the new file. */
const writeScript =
  'mkdir -p "$(dirname "$1")" && umask 077 && cat > "$1.lab" && chmod "$2" "$1.lab" && mv "$1.lab" "$1"';

/** Hosts that are whole machines under qemu, emulated in software, each with a disk on top of a common image. */
export const emulatedKind: HostKind = {
  bootLimit: 600_000,
  async prepare(context) {
    const image = await ensureEmulatedImage(context);
    return (names, disk) => ensureEmulatedDisk(image, names, disk);
  },
  diskOf: (names, host) => emulatedHostPaths(names, host).disk,
  start: startEmulated,
  leaderOf: emulatorOf,
  bootOf: bootIdOf,
  exec: execOverSsh,
  async readFile(host, path) {
    const { exitCode, stdout } = await execOverSsh(host, ['cat', path], { reject: false });
    return exitCode === 0 ? `${stdout}\n` : undefined;
  },
  async writeFile(host, path, text, mode) {
    await execOverSsh(host, ['sh', '-c', writeScript, 'write', path, mode.toString(8)], { input: text });
  },
  async setLink(names, host, state) {
    // The cable is cut on both sides: qemu tells the card of the host, and nothing goes through to the bridge.
    await setHostLink(names, host, state);
    const { monitor } = emulatedHostPaths(names, host);
    if (existsSync(monitor)) await askMonitor(monitor, 'set_link', { name: labCard, up: state === 'up' });
  },
};
