import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SimulatedMachine } from './machine.ts';
import { startOneshot } from './oneshot.ts';
import type { SimulatedProgram } from './program.ts';

/** The socket that each of these services makes when it starts. */
const sockets: Record<string, string> = {
  'containerd.service': '/run/containerd/containerd.sock',
  'demux-snapshotter.service': '/var/lib/demux-snapshotter/snapshotter.sock',
  'firecracker-containerd.service': '/run/firecracker-containerd/containerd.sock',
  'stargz-snapshotter.service': '/run/containerd-stargz-grpc/containerd-stargz-grpc.sock',
  'vhive.service': '/etc/vhive-cri/vhive-cri.sock',
};

const directories = ['/etc/systemd/system', '/usr/lib/systemd/system'];

function unitFile({ root }: SimulatedMachine, name: string): string | undefined {
  return directories.map((directory) => join(root, directory, name)).find((path) => existsSync(path));
}

/**
 * Imitates the verbs of systemctl that the actions use. When a oneshot unit is started, what it would do is imitated,
 * too.
 */
export const systemctl: SimulatedProgram = async (machine, [verb = '', ...rest]) => {
  const name = rest.find((word) => !word.startsWith('-')) ?? '';
  if (verb === 'show') return { stdout: show(machine, name) };
  if (name === '') return {};
  const unit = machine.unit(name);
  if (verb === 'enable') unit.enabled = true;
  if (verb === 'disable') unit.enabled = false;
  if (verb === 'unmask') unit.masked = false;
  if (verb === 'mask') Object.assign(unit, { masked: true, active: false });
  if (verb === 'stop') unit.active = false;
  if (verb === 'start' || verb === 'restart') {
    const file = unitFile(machine, name);
    if (file === undefined) return { exitCode: 5, stderr: `Unit ${name} not found.\n` };
    Object.assign(unit, { active: true, invocation: unit.invocation + 1 });
    await started(machine, name, file);
  }
  await machine.save();
  return {};
};

async function started(machine: SimulatedMachine, name: string, file: string): Promise<void> {
  const socket = sockets[name];
  if (socket !== undefined) {
    await mkdir(dirname(join(machine.root, socket)), { recursive: true });
    await writeFile(join(machine.root, socket), '');
  }
  await startOneshot(machine, readFileSync(file, 'utf8'));
}

function show(machine: SimulatedMachine, name: string): string {
  const unit = machine.unit(name);
  const there = unitFile(machine, name) !== undefined;
  const properties = {
    LoadState: unit.masked ? 'masked' : there ? 'loaded' : 'not-found',
    ActiveState: unit.active ? 'active' : 'inactive',
    SubState: unit.active ? 'running' : 'dead',
    UnitFileState: unit.masked ? 'masked' : !there ? '' : unit.enabled ? 'enabled' : 'disabled',
    NeedDaemonReload: 'no',
    InvocationID: String(unit.invocation),
    MainPID: '0',
    NRestarts: '0',
    Result: 'success',
  };
  return Object.entries(properties)
    .map(([property, value]) => `${property}=${value}\n`)
    .join('');
}
