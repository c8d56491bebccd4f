import type { Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import { isMountedReadOnly } from '../files/mount-table.ts';
import type { Action, ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { ensureFile, fileChanges, type ManagedFile, rootFile } from '../kit/managed-file.ts';

type Setting = Params<'sysctl'>['settings'][number];

const settingPath = ({ key }: Setting) => `/proc/sys/${key.replaceAll('.', '/')}`;
const normalised = (value: string) => value.trim().split(/\s+/).join(' ');

/** The path of the file of the settings. */
const fileOf = (params: Params<'sysctl'>) => `/etc/sysctl.d/${params.file}`;

/** A leading "-" tells systemd-sysctl that the setting may be missing (sysctl.d(5)). */
const lineOf = (setting: Setting) => `${setting.optional ? '-' : ''}${setting.key} = ${setting.value}`;

/**
 * Returns the file of the settings. It leaves out a setting that is only to be raised where the host has as much without
 * it: the file would take that away at the next boot.
 */
async function settingsFile(params: Params<'sysctl'>, host: Host): Promise<ManagedFile> {
  const before = ((await host.readFile(fileOf(params)))?.toString() ?? '').split('\n');
  const lines: string[] = [];
  for (const setting of params.settings) {
    const enough = setting.atLeast && holds(setting, await currentValue(host, setting));
    if (!enough || before.includes(lineOf(setting))) lines.push(lineOf(setting));
  }
  return rootFile(fileOf(params), ['# Written by vhive-agent; changes are overwritten.', ...lines, ''].join('\n'));
}

/** Whether a value is what the setting asks for. */
function holds({ value, atLeast }: Setting, now: string | undefined): boolean {
  return now === normalised(value) || (atLeast && now !== undefined && Number(now) >= Number(value));
}

async function currentValue(host: Host, setting: Setting): Promise<string | undefined> {
  const content = await host.readFile(settingPath(setting));
  return content === undefined ? undefined : normalised(content.toString());
}

/**
 * Returns the settings whose value is not as wanted yet, in their order. Optional settings that this host lacks or
 * cannot write are left out.
 */
async function differing(params: Params<'sysctl'>, { host, log }: ActionContext) {
  const found: { setting: Setting; value: string | undefined }[] = [];
  for (const setting of params.settings) {
    const value = await currentValue(host, setting);
    if (holds(setting, value)) continue;
    if (setting.optional) {
      if (value === undefined) continue;
      if (await isMountedReadOnly(host, settingPath(setting))) {
        log(`${setting.key} stays ${value}: it cannot be written here (a container), and is not needed`);
        continue;
      }
    }
    found.push({ setting, value });
  }
  return found;
}

/** The action `sysctl`, whose contract says what it does. */
export const sysctl: Action<'sysctl'> = {
  async check(params, context) {
    const values = (await differing(params, context)).map(
      ({ setting, value }) =>
        `${setting.key}: ${value ?? '(this kernel has no such setting yet)'} becomes ${setting.value}`,
    );
    const file = await settingsFile(params, context.host);
    const changes = [...(await fileChanges(context.host, file)), ...values];
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    const { host } = context;
    const file = await settingsFile(params, host);
    // The order matters, because some settings reset others (ip_forward does).
    for (const setting of params.settings) {
      const value = await currentValue(host, setting);
      if (holds(setting, value)) continue;
      if (value === undefined) {
        if (setting.optional) continue;
        throw failedForGood(`this kernel has no setting ${setting.key} (${settingPath(setting)} is missing)`, {
          hint: setting.key.startsWith('net.bridge.')
            ? 'it comes with the kernel module br_netfilter: modprobe br_netfilter'
            : 'use a kernel that has it, or mark the setting optional',
        });
      }
      const result = await host.run(['tee', settingPath(setting)], {
        ...context.streamed,
        input: `${setting.value}\n`,
      });
      const after = await currentValue(host, setting);
      if (result.exitCode === 0 && holds(setting, after)) continue;
      const why = result.exitCode === 0 ? `the kernel made it ${after}` : result.stderr.trim().split(': ').at(-1);
      if (setting.optional) {
        context.log(`${setting.key} stays ${after}: ${why}`);
        continue;
      }
      throw failedForGood(`${setting.key} cannot be set to ${setting.value} (it is ${after}): ${why}`, {
        hint: /read-only/i.test(why ?? '')
          ? `this host is a container with a read-only /proc/sys: set it on the machine that runs the container: sysctl -w ${setting.key}=${setting.value}`
          : undefined,
      });
    }
    // The file is written last, so that a value which the kernel refuses is not tried again at every boot.
    await ensureFile(host, file);
    return undefined;
  },
};
