import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ignoring } from '@vhive/base/ignoring';
import { defined, VhiveError } from '@vhive/shared';
import { runCommand } from '../command.ts';
import { type AptSourceFile, backportsOf, debianRelease, sourcesWithSourcePackages } from './apt-sources.ts';

const hint = `The lab's mirror tree is made from Debian ${debianRelease} packages: check that \`apt-get update\` works on this machine.`;

/**
 * An apt with its own sources, lists and downloads in one folder. The machine's proxy, credentials and keys apply,
 * because its apt.conf is read, but nothing of the state of the machine's apt or dpkg is read or written.
 */
export class PrivateApt {
  readonly #directory: string;
  readonly #log: (line: string) => void;
  readonly #signal: AbortSignal | undefined;

  constructor(directory: string, log: (line: string) => void, signal: AbortSignal | undefined) {
    this.#directory = directory;
    this.#log = log;
    this.#signal = signal;
  }

  /**
   * Writes the sources, made from the machine's own ones, and fetches the package lists (40 MB).
   *
   * @param from what to take packages of: the release, or only its backports
   */
  async update(from: 'release' | 'backports' = 'release'): Promise<void> {
    const ofRelease = sourcesWithSourcePackages(await machineSources('/etc/apt'), await machineRelease());
    const sources = from === 'backports' ? backportsOf(ofRelease) : ofRelease;
    if (sources.length === 0) {
      throw new VhiveError({
        code: 'preflight',
        message: "The lab's mirror tree needs the Debian package archive, but no source in /etc/apt names it.",
        hint: `Run the lab on a Debian machine, or add Debian ${debianRelease} to its apt sources.`,
      });
    }
    await rm(this.#path('sources.list.d'), { recursive: true, force: true });
    for (const directory of ['sources.list.d', 'lists/partial', 'cache']) {
      await mkdir(this.#path(directory), { recursive: true });
    }
    await writeFile(this.#path('no-packages-installed'), '');
    for (const { name, text } of sources) await writeFile(this.#path(`sources.list.d/${name}`), text);
    await this.#apt('apt-get', ['update', '--quiet'], 'fetching the Debian package lists');
  }

  /** Fetches these packages alone into `directory`. */
  async download(packages: readonly string[], directory: string): Promise<void> {
    await emptyDirectory(directory);
    await this.#apt('apt-get', ['download', ...packages], `downloading ${packages.join(', ')}`, directory);
  }

  /** Fetches these packages and everything that they depend on, as if nothing were installed, into `directory`. */
  async downloadWithDependencies(packages: readonly string[], directory: string): Promise<void> {
    await emptyDirectory(directory);
    await mkdir(join(directory, 'partial'));
    const settings = [
      ...['--option', `Dir::State::status=${this.#path('no-packages-installed')}`],
      ...['--option', `Dir::Cache::archives=${directory}`],
      ...['--option', 'Debug::NoLocking=true'],
    ];
    const flags = ['--download-only', '--yes', '--no-install-recommends'];
    const purpose = `downloading ${packages.join(', ')} and what they depend on`;
    await this.#apt('apt-get', ['install', ...settings, ...flags, ...packages], purpose);
    await rm(join(directory, 'partial'), { recursive: true });
    await rm(join(directory, 'lock'), { force: true });
  }

  /** Fetches the files of a source package (.dsc and tar archives, verified by apt) into `directory`. */
  async downloadSource(sourcePackage: string, directory: string): Promise<void> {
    await emptyDirectory(directory);
    const args = ['source', '--download-only', sourcePackage];
    await this.#apt('apt-get', args, `downloading the source of ${sourcePackage}`, directory);
  }

  /** Deletes the package lists. The next update fetches them again. */
  async forgetLists(): Promise<void> {
    for (const directory of ['lists', 'cache']) await rm(this.#path(directory), { recursive: true, force: true });
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  async #apt(program: string, args: readonly string[], purpose: string, cwd?: string): Promise<void> {
    const settings = [
      'Dir::Etc::sourcelist=/dev/null',
      `Dir::Etc::sourceparts=${this.#path('sources.list.d')}`,
      `Dir::State::lists=${this.#path('lists')}`,
      `Dir::Cache=${this.#path('cache')}`,
      'Acquire::Languages=none',
      // The downloads go to directories of the lab, which apt's own user cannot write to.
      'APT::Sandbox::User=root',
      'Acquire::Retries=3',
    ].flatMap((setting) => ['--option', setting]);
    await runCommand(program, [...settings, ...args], {
      purpose,
      hint,
      signal: this.#signal,
      // An update with failures still ends with exit code 0. Logging the failures explains what is missing afterwards.
      onErrorLine: (line) => {
        if (/^[WE]:/.test(line)) this.#log(`apt: ${line}`);
      },
      ...defined({ cwd }),
    });
  }
}

async function emptyDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
}

/** Returns the source lists that apt would read from the directory `configuration` (/etc/apt). */
async function machineSources(configuration: string): Promise<AptSourceFile[]> {
  const parts = await readdir(join(configuration, 'sources.list.d')).catch(() => []);
  const names = parts.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join('sources.list.d', name));
  const files: AptSourceFile[] = [];
  for (const name of ['sources.list', ...names.toSorted()]) {
    const text = await readFile(join(configuration, name), 'utf8').catch(ignoring('it was removed meanwhile'));
    if (text !== undefined) files.push({ name: `machine-${name.replace(/^.*\//, '')}`, text });
  }
  return files;
}

/** Returns VERSION_CODENAME of os-release(5), such as `bookworm`. */
async function machineRelease(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return parseEnv(text).VERSION_CODENAME ?? debianRelease;
}
