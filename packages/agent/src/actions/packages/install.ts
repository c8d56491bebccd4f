import type { CommandResult } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { commandFailed, failed, lastLines } from '../kit/failures.ts';
import { lockHolder } from './lock.ts';
import { updateIndex } from './package-index.ts';

/** What dpkg asks about configuration files: keep the operator's, never ask. */
const keepConfiguration = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'];

/** An index older than the archive: names versions that are gone. */
const staleIndex = /404\s+Not Found|Hash Sum mismatch|Unable to fetch|Failed to fetch|Unable to locate package/i;
/** An installation that was cut off. */
const interrupted = /dpkg was interrupted|dpkg --configure -a|Unmet dependencies|--fix-broken install/i;

function progressOf(line: string): string | undefined {
  const match = /^(Unpacking|Setting up) (\S+)/.exec(line);
  return match ? `${match[1] === 'Unpacking' ? 'unpacking' : 'setting up'} ${match[2]?.split(':')[0]}` : undefined;
}

/** `apt-get install`, with what an earlier, interrupted installation left behind set right first where needed. */
export async function installPackages(
  context: ActionContext,
  packages: readonly string[],
  lockTimeoutSeconds: number,
): Promise<void> {
  const { host, signal } = context;
  const options = {
    signal,
    // Ubuntu's needrestart would ask, or restart the agent itself, in the middle.
    environment: { NEEDRESTART_SUSPEND: '1' },
    onLine: (stream: 'stdout' | 'stderr', line: string) => {
      context.streamed.onLine?.(stream, line);
      const progress = progressOf(line);
      if (progress) context.progress(progress);
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
    await updateIndex(context, lockTimeoutSeconds);
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
