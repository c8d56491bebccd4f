import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../machine/command.ts';
import { aptSourceLine, parseAptSources } from './apt-sources.ts';
import { type BaseTree, type CacheContext, debootstrapSources } from './base-tree.ts';
import { machineDebianSources } from './machine-apt.ts';

/**
 * Lets the machine's apt, with its proxies and certificates, fetch packages and what they need beyond the base tree into
 * `directory`, as if it ran in the base tree. Nothing is installed.
 */
export async function fetchPackages(
  base: BaseTree,
  packages: readonly string[],
  directory: string,
  context: CacheContext,
): Promise<void> {
  const work = join(directory, 'work');
  await mkdir(join(work, 'lists/partial'), { recursive: true });
  await mkdir(join(directory, 'partial'), { recursive: true });
  const machine = await machineDebianSources();
  // On a machine that does not run Debian, the archive is used from which debootstrap got the tree.
  const sources =
    machine.length > 0
      ? machine
      : parseAptSources('', await readFile(join(base.directory, debootstrapSources), 'utf8'));
  await writeFile(join(work, 'sources.list'), `${sources.map(aptSourceLine).join('\n')}\n`);
  const options = [
    `Dir::State::Lists=${join(work, 'lists')}`,
    `Dir::State::status=${join(base.directory, 'var/lib/dpkg/status')}`,
    `Dir::State::extended_states=${join(work, 'extended_states')}`,
    `Dir::Etc::SourceList=${join(work, 'sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    'Dir::Etc::Preferences=/dev/null',
    'Dir::Etc::PreferencesParts=/dev/null',
    `Dir::Etc::TrustedParts=${join(base.directory, 'etc/apt/trusted.gpg.d')}`,
    `Dir::Cache=${work}`,
    `Dir::Cache::Archives=${directory}`,
    'APT::Install-Recommends=false',
    'APT::Sandbox::User=root',
    'APT::Get::AllowUnauthenticated=false',
    'Debug::NoLocking=true',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  const hint = 'Does apt-get update work on this machine? The lab fetches from the same archive.';
  const settings = { doing: 'fetching packages for the lab hosts', hint, signal: context.signal };
  await runTool(['apt-get', ...options, 'update'], settings);
  await runTool(['apt-get', ...options, '--yes', '--download-only', 'install', ...packages], settings);
  for (const leftover of ['work', 'partial', 'lock'])
    await rm(join(directory, leftover), { recursive: true, force: true });
}
