import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, fileMode, noOutputs } from './fields.ts';

/** `file`. */
export const file = defineAction({
  description:
    'A file or a directory exists with exactly this content, mode and owner (it is replaced atomically), or it is absent.',
  params: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('present'),
      path: absolutePath,
      content: z.string().describe('The whole content, in UTF-8'),
      mode: fileMode.default('0644'),
      owner: z.string().default('root').describe('The name of the user that owns it'),
      group: z.string().default('root').describe('The name of the group that owns it'),
      secret: z.boolean().default(false).describe('When true, the content never appears in a difference or a log'),
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

/** `sysctl`. */
export const sysctl = defineAction({
  description: 'Kernel settings hold now and, by a file in /etc/sysctl.d, after a reboot.',
  params: z.object({
    file: z
      .string()
      .regex(/^[a-z0-9-]+\.conf$/)
      .describe('The name of the file in /etc/sysctl.d'),
    settings: z.array(
      z.object({
        key: z.string().regex(/^[a-z0-9_.-]+$/i),
        value: z.string(),
        optional: z
          .boolean()
          .default(false)
          .describe('When true, it is no error that this kernel or container has no such setting'),
        atLeast: z
          .boolean()
          .default(false)
          .describe('When true, the value is a number that is only ever raised: a host that has more keeps it'),
      }),
    ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `sysfs`. */
export const sysfs = defineAction({
  description:
    'Values in /sys and /proc hold now and, by a file in /etc/tmpfiles.d that is applied before the kubelet starts, after a reboot. In a container, which shares them with its machine, they are left alone.',
  params: z.object({
    file: z
      .string()
      .regex(/^[a-z0-9-]+\.conf$/)
      .describe('The name of the file in /etc/tmpfiles.d'),
    settings: z.array(
      z.object({
        title: z.string().describe('What the setting does, for people, such as "turbo off"'),
        paths: z
          .array(z.object({ path: z.string().regex(/^\/(sys|proc)\/[A-Za-z0-9_./-]+$/), value: z.string() }))
          .min(1)
          .describe('The paths that different drivers use for the setting; the first one that exists is written'),
      }),
    ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `kernel.modules`. */
export const kernelModules = defineAction({
  description: 'Kernel modules are loaded or built in, now and, by a file in /etc/modules-load.d, after a reboot.',
  params: z.object({
    file: z
      .string()
      .regex(/^[a-z0-9-]+\.conf$/)
      .describe('The name of the file in /etc/modules-load.d'),
    modules: z.array(z.string().regex(/^[a-z0-9_-]+$/i)).min(1),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `limits`. */
export const limits = defineAction({
  description: 'Login sessions have these resource limits, soft and hard, by a file in /etc/security/limits.d.',
  params: z.object({
    file: z
      .string()
      .regex(/^[a-z0-9-]+\.conf$/)
      .describe('The name of the file in /etc/security/limits.d'),
    entries: z.array(
      z.object({
        domain: z.string().describe('A user, an @group or *'),
        item: z.string().describe('What is limited, such as nofile, nproc or stack'),
        value: z.union([z.number().int(), z.literal('unlimited')]),
      }),
    ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `swap.off`. */
export const swapOff = defineAction({
  description:
    'No swap is in use, now and after a reboot: its entries in /etc/fstab are commented out, with a backup of the file, and services that make swap (zram-tools, swapspace and others) are masked.',
  params: z.object({}),
  outputs: noOutputs,
  timeLimitMs: minutes(5),
});

/** `systemd.unit`. */
export const systemdUnit = defineAction({
  description:
    'A systemd unit has this content and these drop-ins and is enabled and running (or stopped, or masked). It is restarted when its files, or the other files named in restartOn, changed since it started.',
  params: z.object({
    name: z.string().regex(/^[A-Za-z0-9@._-]+\.(service|timer|socket|mount|path|target)$/),
    content: z
      .string()
      .optional()
      .describe('The unit file in /etc/systemd/system; absent when the unit comes from elsewhere'),
    dropIns: z.record(z.string().regex(/^[a-z0-9-]+\.conf$/), z.string()).default({}),
    enabled: z.boolean().optional(),
    state: z
      .enum(['running', 'stopped', 'masked', 'untouched'])
      .describe('The state to reach; stopped and masked are also reached when the unit does not exist'),
    restartOn: z
      .array(absolutePath)
      .default([])
      .describe(
        "The files whose change needs a restart of the unit. The agent's own record of their hashes tells whether they changed since the unit started",
      ),
    readyPath: absolutePath
      .optional()
      .describe('A socket or file that exists once the service is ready, and is waited for'),
    mayCrashLoop: z
      .boolean()
      .default(false)
      .describe(
        'When true, running is also reached while the unit is activating, as the kubelet is before kubeadm gave it a configuration',
      ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(5),
});
