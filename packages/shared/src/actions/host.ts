import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, fileMode, noOutputs } from './fields.ts';

/** `file` */
export const file = defineAction({
  description:
    'A file (or directory) exists with exactly this content, mode and owner, replaced atomically; or is absent.',
  params: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('present'),
      path: absolutePath,
      content: z.string().describe('Whole content, UTF-8'),
      mode: fileMode.default('0644'),
      owner: z.string().default('root').describe('User name'),
      group: z.string().default('root').describe('Group name'),
      secret: z.boolean().default(false).describe('Content never appears in a difference or a log'),
    }),
    z.object({
      state: z.literal('directory'),
      path: absolutePath,
      mode: fileMode.default('0755'),
      owner: z.string().default('root'),
      group: z.string().default('root'),
    }),
    z.object({ state: z.literal('absent'), path: absolutePath }),
  ]),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `sysctl` */
export const sysctl = defineAction({
  description: 'Kernel settings hold now and after a reboot (a file in /etc/sysctl.d).',
  params: z.object({
    file: z
      .string()
      .regex(/^[a-z0-9-]+\.conf$/)
      .describe('Name of the file in /etc/sysctl.d'),
    settings: z.array(
      z.object({
        key: z.string().regex(/^[a-z0-9_.-]+$/i),
        value: z.string(),
        optional: z.boolean().default(false).describe('Fine if this kernel (or container) has no such setting'),
      }),
    ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `sysfs` */
export const sysfs = defineAction({
  description:
    'Values in /sys and /proc hold now and after a reboot (a file in /etc/tmpfiles.d, applied before the kubelet starts). In a container, which shares them with its machine, they are left alone.',
  params: z.object({
    file: z
      .string()
      .regex(/^[a-z0-9-]+\.conf$/)
      .describe('Name of the file in /etc/tmpfiles.d'),
    settings: z.array(
      z.object({
        title: z.string().describe('For people: "turbo off"'),
        paths: z
          .array(z.object({ path: z.string().regex(/^\/(sys|proc)\/[A-Za-z0-9_./-]+$/), value: z.string() }))
          .min(1)
          .describe('The first that exists is written; drivers differ'),
      }),
    ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `kernel.modules` */
export const kernelModules = defineAction({
  description: 'Kernel modules are loaded (or built in) now and after a reboot (a file in /etc/modules-load.d).',
  params: z.object({
    file: z
      .string()
      .regex(/^[a-z0-9-]+\.conf$/)
      .describe('Name of the file in /etc/modules-load.d'),
    modules: z.array(z.string().regex(/^[a-z0-9_-]+$/i)).min(1),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `limits` */
export const limits = defineAction({
  description: 'Resource limits of login sessions, soft and hard (a file in /etc/security/limits.d).',
  params: z.object({
    file: z
      .string()
      .regex(/^[a-z0-9-]+\.conf$/)
      .describe('Name of the file in /etc/security/limits.d'),
    entries: z.array(
      z.object({
        domain: z.string().describe('User, @group or *'),
        item: z.string().describe('Such as nofile, nproc, stack'),
        value: z.union([z.number().int(), z.literal('unlimited')]),
      }),
    ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `swap.off` */
export const swapOff = defineAction({
  description: 'No swap is in use, now and after a reboot (entries in /etc/fstab commented out, a backup kept).',
  params: z.object({}),
  outputs: noOutputs,
  timeLimitMs: minutes(5),
});

/** `systemd.unit` */
export const systemdUnit = defineAction({
  description:
    'A systemd unit has this content and drop-ins and is enabled and running (or stopped, or masked); restarted when its files or the named other files changed since it started.',
  params: z.object({
    name: z.string().regex(/^[A-Za-z0-9@._-]+\.(service|timer|socket|mount|path|target)$/),
    content: z.string().optional().describe('Unit file in /etc/systemd/system; absent: the unit comes from elsewhere'),
    dropIns: z.record(z.string().regex(/^[a-z0-9-]+\.conf$/), z.string()).default({}),
    enabled: z.boolean().optional(),
    state: z
      .enum(['running', 'stopped', 'masked', 'untouched'])
      .describe('stopped and masked are fine when the unit does not exist'),
    restartOn: z
      .array(absolutePath)
      .default([])
      .describe(
        "Files whose change needs a restart: compared with the unit's start by the agent's own record of their hashes",
      ),
    readyPath: absolutePath.optional().describe('A socket or file that exists once the service is ready; waited for'),
    mayCrashLoop: z
      .boolean()
      .default(false)
      .describe(
        'running is reached when the unit is active or activating (the kubelet before kubeadm gave it a configuration)',
      ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(5),
});
