import type { Action, ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { dpkgStates } from './dpkg-states.ts';
import { installPackages } from './install.ts';
import { packagesWithoutCandidate, updateIndex } from './package-index.ts';

/** Returns the packages that are not, or not completely, installed. */
async function missing(packages: string[], { host, signal }: ActionContext): Promise<string[]> {
  const states = await dpkgStates(host, packages, signal);
  return packages.filter((name) => states.get(name) !== 'installed');
}

/** The action `apt.packages`, whose contract says what it does. */
export const aptPackages: Action<'apt.packages'> = {
  async check(params, context) {
    const packages = await missing(params.packages, context);
    if (packages.length === 0) return { converged: true, outputs: {} };
    return { converged: false, changes: packages.map((name) => `package ${name}: is installed`) };
  },

  async apply(params, context) {
    const packages = await missing(params.packages, context);
    if ((await packagesWithoutCandidate(context, packages)).length > 0) {
      await updateIndex(context, params.lockTimeoutSeconds);
      const unknown = await packagesWithoutCandidate(context, packages);
      if (unknown.length > 0)
        throw failedForGood(`no package named ${unknown.join(', ')} in this host's apt sources`, {
          hint: 'look at /etc/apt/sources.list and /etc/apt/sources.list.d (Ubuntu: is "universe" there?), then: apt-get update',
        });
    }
    await installPackages(context, packages, params.lockTimeoutSeconds);
    return undefined;
  },
};
