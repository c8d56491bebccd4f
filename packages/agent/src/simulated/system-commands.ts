import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SimulatedProgram } from './program.ts';

async function put(root: string, path: string, content: string): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** Imitates `tee PATH`. */
export const tee: SimulatedProgram = async ({ root }, [path = ''], input = '') => {
  await put(root, path, input);
  return { stdout: input };
};

/** Imitates `modprobe NAME`. */
export const modprobe: SimulatedProgram = async ({ root }, args) => {
  for (const name of args) await put(root, `/sys/module/${name.replaceAll('-', '_')}/refcnt`, '0\n');
  return {};
};

/** Imitates `swapoff -a`. */
export const swapoff: SimulatedProgram = async (machine) => {
  machine.state.swapBytes = 0;
  await put(machine.root, '/proc/swaps', 'Filename\tType\tSize\tUsed\tPriority\n');
  await machine.save();
  return {};
};

/** Imitates `ip route show|replace|del` and `ip link delete`. */
export const iproute: SimulatedProgram = async (machine, [object, verb, destination = '', , via = '']) => {
  if (object !== 'route') return {};
  const others = machine.state.routes.filter((route) => !route.startsWith(`${destination} `));
  if (verb === 'show') {
    const found = machine.state.routes.find((route) => route.startsWith(`${destination} `));
    return { stdout: found ? `${found} dev eth0 \n` : '' };
  }
  machine.state.routes = verb === 'replace' ? [...others, `${destination} via ${via}`] : others;
  await machine.save();
  return {};
};
