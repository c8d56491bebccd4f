import type { CommandResult } from '../host/host.ts';
import { containerd, ctrRemote, curl, shell } from './container-commands.ts';
import { go } from './go-command.ts';
import { kubeadm } from './kubeadm-commands.ts';
import type { SimulatedMachine } from './machine.ts';
import { nft } from './nft-command.ts';
import { aptGet, dpkgQuery, packagePolicy } from './package-commands.ts';
import type { SimulatedProgram } from './program.ts';
import { helm, istioctl } from './render-commands.ts';
import { iproute, modprobe, swapoff, tee } from './system-commands.ts';
import { journalctl, systemctl } from './systemctl.ts';
import { dmsetup, losetup } from './thin-pool-commands.ts';

/** Every program that the actions use. */
const programs: Record<string, SimulatedProgram> = {
  'apt-cache': packagePolicy,
  'apt-get': aptGet,
  crictl: containerd,
  ctr: containerd,
  'ctr-remote': ctrRemote,
  curl,
  dmsetup,
  dpkg: () => ({}),
  'dpkg-query': dpkgQuery,
  // This is the text that the image hello-world prints.
  'firecracker-ctr': (_machine, args) => (args.includes('run') ? { stdout: 'Hello from Docker!\n' } : {}),
  getent: (_machine, [database]) => ({
    stdout: database === 'passwd' ? 'root:x:0:0:root:/root:/bin/bash\n' : 'root:x:0:\n',
  }),
  go,
  helm,
  ip: iproute,
  istioctl,
  journalctl,
  kubeadm,
  kubectl: () => ({}),
  losetup,
  modprobe,
  nft,
  sh: shell,
  swapoff,
  systemctl,
  'systemd-detect-virt': () => ({ exitCode: 1, stdout: 'none\n' }),
  tee,
};

/** Imitates a command. A program that is not known here fails like one that is not installed. */
export async function runSimulated(
  machine: SimulatedMachine,
  argv: readonly string[],
  input: string | undefined,
): Promise<CommandResult> {
  const [name = '', ...args] = argv;
  const program = programs[name.slice(name.lastIndexOf('/') + 1)];
  if (!program) return { exitCode: 127, stdout: '', stderr: `${name}: not part of the simulation\n` };
  return { exitCode: 0, stdout: '', stderr: '', ...(await program(machine, args, input)) };
}
