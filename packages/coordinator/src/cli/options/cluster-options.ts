import { type Command, Option } from 'commander';
import { option } from './environment.ts';
import { wholeNumber } from './parsers.ts';

/** Options of commands that need the cluster's configuration: they win over the cluster file. */
export function addClusterOptions(command: Command): Command {
  return command
    .optionsGroup('Cluster:')
    .addOption(
      field('-n, --nodes <count>', 'how many nodes, the master included; 1: a single-node cluster').argParser(
        wholeNumber(1, 5000),
      ),
    )
    .addOption(option('-c, --config <file>', 'the cluster file, such as vhive.yaml; every field has a default'))
    .addOption(
      field('--sandbox <kind>', 'what isolates functions; default: firecracker').choices([
        'firecracker',
        'gvisor',
        'stock-only',
      ]),
    )
    .addOption(
      field('--network <plugin>', 'pod network: calico (default), or bridge for labs and air gaps').choices([
        'calico',
        'bridge',
      ]),
    )
    .addOption(option('--stargz', 'lazy pulls of eStargz images (stock-only, firecracker)'))
    .addOption(option('--snapshots', 'functions start from Firecracker snapshots'))
    .addOption(option('--upf', 'REAP: user-level page faults for snapshots (implies --snapshots; legacy vHive only)'))
    .addOption(option('--nftables', 'kube-proxy and Calico with nftables'))
    .addOption(option('--no-smoke-test', 'do not deploy and call a function at the end'));
}

/** A field of the cluster file: its variable is read with the file, so that a complaint can name it. */
function field(flags: string, description: string): Option {
  const made = new Option(flags, description);
  made.description = `${description} (env: VHIVE_${made.name().toUpperCase()})`;
  return made;
}
