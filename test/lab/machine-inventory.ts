import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';

/** What a lab could leave behind on the machine, as comparable lines. */
export interface MachineInventory {
  links: string[];
  networkNamespaces: string[];
  mounts: string[];
  cgroups: string[];
  loopDevices: string[];
  containers: string[];
  nftables: string[];
}

/** Looks at the machine as it is now. */
export async function takeInventory(): Promise<MachineInventory> {
  const { stdout: links } = await execa('ip', ['-json', 'link']);
  const { stdout: namespaces } = await execa('lsns', ['--type', 'net', '--noheadings', '--output', 'NS']);
  const { stdout: loops } = await execa('losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-FILE']);
  const { stdout: tables } = await execa('nft', ['list', 'tables'], { reject: false });
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' ')[4] ?? '');
  const groups = await readdir('/sys/fs/cgroup', { recursive: true, withFileTypes: true });
  return {
    links: (JSON.parse(links) as { ifname: string }[]).map((link) => link.ifname),
    networkNamespaces: namespaces.split('\n').map((line) => line.trim()),
    mounts: mounts.filter(Boolean),
    cgroups: groups.filter((entry) => entry.isDirectory()).map((entry) => `${entry.parentPath}/${entry.name}`),
    loopDevices: loops.split('\n').filter(Boolean),
    containers: await processesCalled('systemd-nspawn'),
    nftables: tables.split('\n').filter(Boolean),
  };
}

/** What is there now and was not there before. */
export function added(before: MachineInventory, after: MachineInventory): Partial<MachineInventory> {
  const kinds = Object.keys(before) as (keyof MachineInventory)[];
  const pairs = kinds.map((kind) => [kind, after[kind].filter((item) => !before[kind].includes(item))] as const);
  return Object.fromEntries(pairs.filter(([, items]) => items.length > 0));
}

async function processesCalled(name: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => names[index]?.trim() === name);
}
