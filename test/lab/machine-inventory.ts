import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { labNames } from '@vhive/lab/machine/names';
import { execa } from 'execa';

/** What a lab could leave behind on the machine, as comparable lines. */
export interface MachineInventory {
  links: string[];
  networkNamespaces: string[];
  mounts: string[];
  cgroups: string[];
  loopDevices: string[];
  processes: string[];
  nftables: string[];
}

/** The programs that hosts run in: the container's, and the loader with which the unpacked qemu and ssh are started. */
const hostPrograms = new Set(['systemd-nspawn', 'ld-linux-x86-64']);

/**
 * Looks at the machine as it is now. What labs other than that of `stateDir` have under their names is left out,
 * because somebody may use one while the tests run.
 */
export async function takeInventory(stateDir: string): Promise<MachineInventory> {
  const own = labNames(stateDir);
  const isOthers = (name: string) => /(vhlab-|vhive-lab-)[0-9a-f]{4}\b/.test(name) && !name.includes(own.id);
  const otherProcesses = new Set<string>();
  const processes: string[] = [];
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const text = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    if ((await text('cgroup')).split('\n').some(isOthers)) otherProcesses.add(pid);
    else if (hostPrograms.has((await text('comm')).trim())) processes.push(pid);
  }
  const { stdout: links } = await execa('ip', ['-json', 'link']);
  const { stdout: spaces } = await execa('lsns', ['--json', '--type', 'net', '--output', 'NS,PID,NSFS']);
  const { namespaces } = JSON.parse(spaces) as {
    namespaces: { ns: number; pid: number | null; nsfs: string | null }[];
  };
  const { stdout: loops } = await execa('losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-FILE']);
  const { stdout: tables } = await execa('nft', ['list', 'tables'], { reject: false });
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' ')[4] ?? '');
  const isOthersFile = (file: string) =>
    !file.startsWith(`${stateDir}/`) && ['bridge.netns', 'netns'].includes(basename(file));
  const groups = await readdir('/sys/fs/cgroup', { recursive: true, withFileTypes: true });
  return {
    links: (JSON.parse(links) as { ifname: string }[]).map((link) => link.ifname).filter((name) => !isOthers(name)),
    networkNamespaces: namespaces
      .filter(({ pid, nsfs }) => !otherProcesses.has(String(pid)) && !isOthersFile(nsfs ?? ''))
      .map(({ ns }) => String(ns)),
    mounts: mounts.filter((target) => target !== '' && !isOthersFile(target)),
    cgroups: groups
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      // Groups with other names come and go with the machine's own sessions and services.
      .filter((group) => group.includes(own.cgroup)),
    loopDevices: loops.split('\n').filter(Boolean),
    processes,
    nftables: tables.split('\n').filter(Boolean),
  };
}

/** Returns what is there now and was not there before. */
export function added(before: MachineInventory, after: MachineInventory): Partial<MachineInventory> {
  const kinds = Object.keys(before) as (keyof MachineInventory)[];
  const pairs = kinds.map((kind) => [kind, after[kind].filter((item) => !before[kind].includes(item))] as const);
  return Object.fromEntries(pairs.filter(([, items]) => items.length > 0));
}
