import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { finding } from './preflight.ts';

/** `apt.packages`. */
export const aptPackages = defineAction({
  description:
    'Debian packages are installed by apt-get without recommended ones, and configuration files are kept. A running dpkg is waited for until it lets go of its lock. The package index is refreshed only when a package is missing, and sources that cannot be used are told.',
  params: z.object({
    packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/)).min(1),
    lockTimeoutSeconds: z
      .number()
      .int()
      .positive()
      .default(300)
      .describe('How long the dpkg lock is waited for, in seconds'),
  }),
  outputs: z.object({ findings: z.array(finding).describe('The apt sources that could not be used') }),
  timeLimitMs: minutes(20),
});
