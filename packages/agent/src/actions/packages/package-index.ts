import pRetry from 'p-retry';
import type { ActionContext } from '../kit/action.ts';
import { commandFailed, failed } from '../kit/failures.ts';
import { lockHolder } from './lock.ts';

/** Returns those of the packages for which apt knows no version to install. */
export async function packagesWithoutCandidate(
  { host, signal }: ActionContext,
  packages: readonly string[],
): Promise<string[]> {
  const { stdout } = await host.run(['apt-cache', 'policy', ...packages], { signal });
  const known = new Set<string>();
  let name: string | undefined;
  for (const line of stdout.split('\n')) {
    if (/^\S.*:$/.test(line)) name = line.slice(0, -1).split(':')[0];
    const candidate = /^\s+Candidate: (.*)$/.exec(line)?.[1];
    if (name && candidate && candidate !== '(none)') known.add(name);
  }
  return packages.filter((wanted) => !known.has(wanted));
}

/**
 * The seconds between two tries to get the lock of the package lists, because apt itself does not wait for that lock.
 */
const LOCK_INTERVAL_SECONDS = 3;

/** What apt says of a source that it cannot use, without its mark. */
const unusable =
  /^[EW]: (.*(?:Failed to fetch|does not have a Release file|is not signed|no longer has|NO_PUBKEY|Release file .* expired|is not valid yet).*)$/;

/**
 * Runs `apt-get update`. Sources that cannot be used are only reported, because what is needed may come from the
 * others. Returns what apt says of each of them.
 */
export async function updateIndex(context: ActionContext, lockTimeoutSeconds: number): Promise<string[]> {
  const { host, streamed, signal } = context;
  context.progress('refreshing the package index');
  return await pRetry(
    async () => {
      const result = await host.run(
        ['apt-get', '-o', `DPkg::Lock::Timeout=${lockTimeoutSeconds}`, '-o', 'Acquire::Retries=3', 'update'],
        streamed,
      );
      const complaints = result.stderr.split('\n').flatMap((line) => unusable.exec(line)?.[1] ?? []);
      for (const complaint of complaints) context.log(`warning: an apt source cannot be used: ${complaint}`);
      if (result.exitCode === 0 || complaints.length > 0) return [...new Set(complaints)];
      const holder = lockHolder(result);
      if (holder !== undefined)
        throw failed(`another program uses apt: ${holder}`, { hint: 'wait for it to end, or stop it' });
      throw commandFailed('apt-get update', result, { hint: 'can this host reach its apt sources? apt-get update' });
    },
    {
      signal,
      retries: Math.ceil(lockTimeoutSeconds / LOCK_INTERVAL_SECONDS),
      minTimeout: LOCK_INTERVAL_SECONDS * 1000,
      factor: 1,
      shouldRetry: ({ error }) => error.message.startsWith('another program'),
    },
  );
}
