import type { Finding } from '@vhive/shared';
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
  async check(params, context, applied) {
    const packages = await missing(params.packages, context);
    if (packages.length === 0) return { converged: true, outputs: applied ?? { findings: [] } };
    return { converged: false, changes: packages.map((name) => `package ${name}: is installed`) };
  },

  async apply(params, context) {
    const packages = await missing(params.packages, context);
    const unusable = new Set<string>();
    const update = async () => {
      for (const complaint of await updateIndex(context, params.lockTimeoutSeconds)) unusable.add(complaint);
    };
    if ((await packagesWithoutCandidate(context, packages)).length > 0) {
      await update();
      const unknown = await packagesWithoutCandidate(context, packages);
      if (unknown.length > 0)
        throw failedForGood(
          `no package named ${unknown.join(', ')} in this host's apt sources${[...unusable].map((complaint) => `; ${complaint}`).join('')}`,
          {
            hint: 'look at /etc/apt/sources.list and /etc/apt/sources.list.d (Ubuntu: is "universe" there?), then: apt-get update',
          },
        );
    }
    await installPackages(context, packages, { lockTimeoutSeconds: params.lockTimeoutSeconds, update });
    return { findings: [...unusable].map(finding) };
  },
};

/** A dead source is told, and does no harm as long as the packages come from the others. */
function finding(complaint: string): Finding {
  return {
    check: 'apt sources',
    level: 'warning',
    message: `an apt source cannot be used: ${complaint}`,
    hint: 'the packages came from the others; remove it: /etc/apt/sources.list.d',
  };
}
