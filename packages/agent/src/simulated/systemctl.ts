import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defined } from '@vhive/shared';
import type { SimulatedMachine } from './machine.ts';
import { startOneshot } from './oneshot.ts';
import type { SimulatedProgram } from './program.ts';

/** The socket of a service, and whether the service makes the folder of its socket itself. */
interface ServiceSocket {
  path: string;
  makesFolder: boolean;
}

/**
 * The socket that each of these services makes when it starts. Those that make its folder too are named with where
 * their source does so; the others only bind, which fails where the folder is missing.
 */
const sockets: Record<string, ServiceSocket> = {
  // containerd's sys.GetLocalListener
  'containerd.service': { path: '/run/containerd/containerd.sock', makesFolder: true },
  'firecracker-containerd.service': { path: '/run/firecracker-containerd/containerd.sock', makesFolder: true },
  // serve in stargz-snapshotter's cmd/containerd-stargz-grpc
  'stargz-snapshotter.service': {
    path: '/run/containerd-stargz-grpc/containerd-stargz-grpc.sock',
    makesFolder: true,
  },
  // net.Listen in firecracker-containerd's snapshotter/app/service.go
  'demux-snapshotter.service': { path: '/var/lib/demux-snapshotter/snapshotter.sock', makesFolder: false },
  // net.Listen in vHive's vhive.go
  'vhive.service': { path: '/etc/vhive-cri/vhive-cri.sock', makesFolder: false },
};

/** The file that kubeadm writes last before a kubelet can stay up. */
const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';

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
  if (verb === 'stop' || verb === 'reset-failed') delete unit.failure;
  if (verb === 'reset-failed') unit.restarts = 0;
  if (verb === 'start' || verb === 'restart') {
    const file = unitFile(machine, name);
    if (file === undefined) return { exitCode: 5, stderr: `Unit ${name} not found.\n` };
    const failure = await bind(machine, sockets[name]);
    delete unit.failure;
    Object.assign(unit, { active: failure === undefined, invocation: unit.invocation + 1, ...defined({ failure }) });
    if (failure === undefined) await startOneshot(machine, await readFile(file, 'utf8'));
    // Without a cluster the kubelet ends at once, again and again. That kubeadm restarts it later clears no counter.
    if (name === 'kubelet.service' && !existsSync(join(machine.root, KUBELET_CONF))) unit.restarts = 21;
  }
  await machine.save();
  return {};
};

/** Makes a service's socket as bind(2) does. Returns what the service says when it cannot. */
async function bind(machine: SimulatedMachine, socket: ServiceSocket | undefined): Promise<string | undefined> {
  if (socket === undefined) return undefined;
  const { path, makesFolder } = socket;
  const file = join(machine.root, path);
  if (makesFolder) await mkdir(dirname(file), { recursive: true });
  else if (!existsSync(dirname(file))) return `listen unix ${path}: bind: no such file or directory`;
  await writeFile(file, '');
  return undefined;
}

/** Imitates `journalctl -u <unit>`, which only knows why a service failed. */
export const journalctl: SimulatedProgram = (machine, args) => {
  const failure = machine.unit(args[args.indexOf('-u') + 1] ?? '').failure;
  return failure === undefined ? {} : { stdout: `${failure}\n` };
};

function show(machine: SimulatedMachine, name: string): string {
  const unit = machine.unit(name);
  const there = unitFile(machine, name) !== undefined;
  const properties = {
    LoadState: unit.masked ? 'masked' : there ? 'loaded' : 'not-found',
    ActiveState: unit.active ? 'active' : unit.failure === undefined ? 'inactive' : 'failed',
    SubState: unit.active ? 'running' : 'dead',
    UnitFileState: unit.masked ? 'masked' : !there ? '' : unit.enabled ? 'enabled' : 'disabled',
    NeedDaemonReload: 'no',
    InvocationID: String(unit.invocation),
    MainPID: '0',
    NRestarts: String(unit.restarts ?? 0),
    Result: unit.failure === undefined ? 'success' : 'exit-code',
  };
  return Object.entries(properties)
    .map(([property, value]) => `${property}=${value}\n`)
    .join('');
}
