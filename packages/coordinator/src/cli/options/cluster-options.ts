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
      field('--sandbox <kind>', 'what isolates functions; default: stock-only').choices([
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
    .addOption(option('--stargz', 'lazy image pulls with the stargz snapshotter'))
    .addOption(option('--snapshots', 'Firecracker snapshots'))
    .addOption(option('--upf', 'user-level page faults for Firecracker snapshots'))
    .addOption(option('--nftables', 'kube-proxy with nftables'));
}

/** A field of the cluster file: its variable is read with the file, so that a complaint can name it. */
function field(flags: string, description: string): Option {
  const made = new Option(flags, description);
  made.description = `${description} (env: VHIVE_${made.name().toUpperCase()})`;
  return made;
}
