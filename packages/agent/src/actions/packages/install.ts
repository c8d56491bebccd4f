import type { CommandResult } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { commandFailed, failed, lastLines } from '../kit/failures.ts';
import { lockHolder } from './lock.ts';

/** The options by which dpkg keeps the operator's configuration files and never asks about them. */
const keepConfiguration = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'];

/** The messages that say that the package index is older than the archive and names versions that are gone. */
const staleIndex = /404\s+Not Found|Hash Sum mismatch|Unable to fetch|Failed to fetch|Unable to locate package/i;
/** The messages that say that an earlier installation was cut off. */
const interrupted = /dpkg was interrupted|dpkg --configure -a|Unmet dependencies|--fix-broken install/i;

function progressOf(line: string): string | undefined {
  const match = /^(Unpacking|Setting up) (\S+)/.exec(line);
  return match ? `${match[1] === 'Unpacking' ? 'unpacking' : 'setting up'} ${match[2]?.split(':')[0]}` : undefined;
}

/** Whether apt says that it waits because another program uses dpkg. */
const isBusy = (line: string) => line.startsWith('Waiting for cache lock');

/**
 * Runs `apt-get install`. Where an earlier installation was interrupted, what it left behind is put right first, and
 * where the package index is out of date, `update` renews it.
 */
export async function installPackages(
  context: ActionContext,
  packages: readonly string[],
  { lockTimeoutSeconds, update }: { lockTimeoutSeconds: number; update: () => Promise<void> },
): Promise<void> {
  const { host, signal } = context;
  const options = {
    signal,
    // Ubuntu's needrestart would otherwise ask a question, or restart the agent itself during the installation.
    environment: { NEEDRESTART_SUSPEND: '1' },
    onLine: (stream: 'stdout' | 'stderr', line: string) => {
      context.streamed.onLine?.(stream, line);
      const progress = progressOf(line);
      if (progress) context.progress(progress);
      // apt repeats this line until the other program ends.
      context.waiting(isBusy(line) ? [line] : []);
    },
  };
  const apt = (...args: string[]) =>
    host.run(
      [
        'apt-get',
        '-o',
        `DPkg::Lock::Timeout=${lockTimeoutSeconds}`,
        '-o',
        'Acquire::Retries=3',
        ...keepConfiguration,
        ...args,
      ],
      options,
    );
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);

  let result = await install();
  if (result.exitCode !== 0 && interrupted.test(result.stdout + result.stderr)) {
    context.log('an earlier installation was interrupted: dpkg --configure -a, then again');
    await host.run(['dpkg', '--force-confdef', '--force-confold', '--configure', '-a'], options);
    await apt('install', '-y', '--fix-broken', '--no-install-recommends');
    result = await install();
  }
  if (result.exitCode !== 0 && staleIndex.test(result.stdout + result.stderr)) {
    context.log('the package index is out of date: apt-get update, then again');
    await update();
    result = await install();
  }
  if (result.exitCode !== 0) throw refusal(packages, result, lockTimeoutSeconds);
}

function refusal(packages: readonly string[], result: CommandResult, lockTimeoutSeconds: number) {
  const holder = lockHolder(result);
  if (holder !== undefined)
    return failed(`dpkg was busy for ${lockTimeoutSeconds} s: ${holder}`, {
      hint: 'wait for it to end (often unattended-upgrades), or stop it',
      lastLines: lastLines(result),
    });
  const broken = [
    ...result.stdout.matchAll(/^(?:dpkg: error processing \S+ | {1,2}E: )(\S+)/gm),
    ...result.stderr.matchAll(/dpkg: error processing (?:package|archive) (\S+)/g),
  ].map((match) => match[1]);
  const which = broken.length > 0 ? [...new Set(broken)].join(', ') : packages.join(', ');
  return commandFailed(`apt-get install of ${which}`, result, {
    hint: `try it on the host: apt-get install --no-install-recommends ${packages.join(' ')}`,
  });
}
