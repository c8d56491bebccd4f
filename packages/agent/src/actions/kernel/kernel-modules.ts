import type { Params } from '@vhive/shared';
import type { Action } from '../kit/action.ts';
import { commandFailed, failedForGood } from '../kit/failures.ts';
import { ensureFile, fileChanges, rootFile } from '../kit/managed-file.ts';
import { isModuleAvailable, kernelRelease } from './kernel-module-probe.ts';

const modulesFile = (params: Params<'kernel.modules'>) =>
  rootFile(
    `/etc/modules-load.d/${params.file}`,
    ['# Written by vhive-agent; changes are overwritten.', ...params.modules, ''].join('\n'),
  );

/** The action `kernel.modules`, whose contract says what it does. */
export const kernelModules: Action<'kernel.modules'> = {
  async check(params, { host }) {
    const changes = await fileChanges(host, modulesFile(params));
    for (const module of params.modules)
      if (!(await isModuleAvailable(host, module))) changes.push(`kernel module ${module}: is loaded`);
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, { host, streamed }) {
    await ensureFile(host, modulesFile(params));
    const release = await kernelRelease(host);
    for (const module of params.modules) {
      if (await isModuleAvailable(host, module)) continue;
      if ((await host.stat(`/lib/modules/${release}`)) === undefined)
        throw failedForGood(
          `the running kernel ${release} lacks ${module}: it is not built in, and there are no modules for this kernel (/lib/modules/${release} is missing)`,
          {
            hint: 'reboot if the kernel was upgraded, else install the modules of the running kernel; in a container, load it on the machine that runs the container',
          },
        );
      const result = await host.run(['modprobe', module], streamed);
      if (result.exitCode === 0) continue;
      if (result.exitCode === 127)
        throw failedForGood(`kernel module ${module} cannot be loaded: modprobe is not installed`, {
          hint: 'apt-get install kmod',
        });
      if (/not found/i.test(result.stderr))
        throw failedForGood(`the running kernel ${release} has no module ${module}`, {
          hint: `apt-get install linux-modules-extra-${release} (Ubuntu), or boot a distribution kernel`,
          lastLines: result.stderr.trim().split('\n'),
        });
      throw commandFailed(`modprobe ${module}`, result);
    }
    return undefined;
  },
};
