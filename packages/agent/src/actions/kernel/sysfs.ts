import { ignoring } from '@vhive/base/ignoring';
import type { Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import type { Action, ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { ensureFile, fileChanges, rootFile } from '../kit/managed-file.ts';
import { isContainer } from '../preflight/container-probe.ts';

/** A setting with the first of its paths that this host has; `path` is undefined when the host has none of them. */
interface Setting {
  title: string;
  path: string | undefined;
  value: string;
}

/**
 * Returns the value that is in force. A file may list several values and put the one in force into brackets: "[always]
 * madvise never".
 */
function valueInForce(content: string): string {
  return /\[([^\]]+)\]/.exec(content)?.[1] ?? content.trim().split(/\s+/).join(' ');
}

/**
 * Reads the value that is in force. It is undefined also when the kernel has the file but does not let it be read:
 * intel_pstate answers EAGAIN while it is off.
 */
const current = async (host: Host, path: string) => {
  const content = await host.readFile(path).catch(ignoring('this kernel does not have the file, or does not show it'));
  return content === undefined ? undefined : valueInForce(content.toString());
};

/**
 * The values that the kernel prints for something that the processor cannot do at all (Linux: sysfs-devices-system-cpu,
 * smt/control).
 */
const unsupported = ['notsupported', 'notimplemented'];

/**
 * Whether a setting has the wanted value. SMT that was switched off until the next boot ("forceoff") counts as off
 * (same page).
 */
const isSo = (now: string | undefined, wanted: string) => now === wanted || (now === 'forceoff' && wanted === 'off');

async function settingsOf(params: Params<'sysfs'>, host: Host): Promise<Setting[]> {
  return Promise.all(
    params.settings.map(async ({ title, paths }) => {
      for (const { path, value } of paths) {
        const now = await current(host, path);
        if (now !== undefined && !unsupported.includes(now)) return { title, path, value };
      }
      return { title, path: undefined, value: '' };
    }),
  );
}

/** Escapes the argument of a tmpfiles.d line, in which tmpfiles.d(5) expands specifiers and C escapes. */
const argument = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('%', '%%');

/**
 * The file of the settings. In a container it says what was wanted but sets nothing, because the values belong to the
 * machine that runs the container.
 */
const settingsFile = (params: Params<'sysfs'>, settings: Setting[], container: boolean) =>
  rootFile(
    `/etc/tmpfiles.d/${params.file}`,
    [
      '# Written by vhive-agent; changes are overwritten.',
      ...(container
        ? ['# This host is a container: these settings belong to the machine that runs it, and stay as they are there.']
        : []),
      ...settings.flatMap(({ title, path, value }) =>
        path === undefined
          ? [`# ${title}: not available on this host`]
          : [`# ${title}`, `${container ? '#' : ''}w ${path} - - - - ${argument(value)}`],
      ),
      '',
    ].join('\n'),
  );

async function look(params: Params<'sysfs'>, { host, signal, log }: ActionContext) {
  const container = await isContainer(host, signal);
  const settings = await settingsOf(params, host);
  if (container)
    log('this host is a container: these settings belong to the machine that runs it, and stay as they are there');
  else
    for (const { title } of settings.filter(({ path }) => path === undefined))
      log(`${title}: not available on this host`);
  return { settings, container, file: settingsFile(params, settings, container) };
}

/** The action `sysfs`, whose contract says what it does. */
export const sysfs: Action<'sysfs'> = {
  async check(params, context) {
    const { host } = context;
    const { settings, container, file } = await look(params, context);
    const changes = await fileChanges(host, file);
    if (!container)
      for (const { title, path, value } of settings) {
        const now = path === undefined ? value : await current(host, path);
        if (!isSo(now, value)) changes.push(`${title}: ${path} is ${now} and becomes ${value}`);
      }
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    const { host, streamed } = context;
    const { settings, container, file } = await look(params, context);
    for (const { title, path, value } of container ? [] : settings) {
      if (path === undefined || isSo(await current(host, path), value)) continue;
      const result = await host.run(['tee', path], { ...streamed, input: value });
      const after = await current(host, path);
      if (result.exitCode === 0 && isSo(after, value)) continue;
      const why = result.exitCode === 0 ? `the kernel made it ${after}` : result.stderr.trim().split(': ').at(-1);
      throw failedForGood(`${title}: ${path} cannot be set to ${value} (it is ${after}): ${why}`, {
        hint: 'the firmware or the hypervisor may forbid it: set it there, or leave this setting out of the cluster file',
      });
    }
    // The file is written last, so that a value which the kernel refuses is not tried again at every boot.
    await ensureFile(host, file);
    return undefined;
  },
};
