import type { CliContext } from '../../context.ts';
import { mirrorOf } from '../../options/coordinator-options.ts';
import type { UpFlags } from './flags.ts';

/** `up --lab N`: makes the hosts, then the same `up` on the first of them, whose output and result are ours. */
export async function upInLab(hosts: number, flags: UpFlags, context: CliContext): Promise<void> {
  const exitCode = await context.hooks.upInLab({
    hosts,
    upArguments: upArguments(hosts, flags),
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
    say: (line) => context.io.stderr.write(`${line}\n`),
  });
  context.io.resultIsOut = true;
  context.io.result = { ...context.io.result, outcome: exitCode === 0 ? 'ready' : 'error', exitCode };
}

/** The options to hand on. The cluster file is not among them: it must first be brought to the host. */
export function upArguments(hosts: number, flags: UpFlags): string[] {
  const valued: [string, string | number | undefined][] = [
    ['--nodes', flags.nodes ?? hosts],
    ['--sandbox', flags.sandbox],
    ['--network', flags.network],
    ['--until', flags.until],
    ...(flags.skip ?? []).map((phase): [string, string] => ['--skip', phase]),
    ...(flags.limit ?? []).map((node): [string, string] => ['--limit', node]),
    ['--timeout', `${flags.timeout}s`],
    ['--wait-nodes', flags.waitNodes === undefined ? undefined : `${flags.waitNodes}s`],
    ['--mirror', flags.mirror === undefined ? undefined : mirrorOf(flags.mirror)],
    ['--output', flags.output],
  ];
  const switches: [string, boolean | undefined][] = [
    ['--dry-run', flags.dryRun],
    ['--stargz', flags.stargz],
    ['--snapshots', flags.snapshots],
    ['--upf', flags.upf],
    ['--nftables', flags.nftables],
    ['--no-smoke-test', flags.smokeTest === false],
  ];
  return [
    ...valued.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
    ...switches.flatMap(([name, on]) => (on ? [name] : [])),
  ];
}
