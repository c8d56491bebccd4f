import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, fileMode, noOutputs, sealedSecret } from './fields.ts';

const curveKey = z.string().regex(/^X[A-Z2-7]{55}$/);

/** `secret.seal` */
export const secretSeal = defineAction({
  description: 'Reads a file and gives its content sealed for other agents; changes nothing. At most 64 KiB.',
  params: z.object({
    path: absolutePath,
    recipients: z.record(z.string(), curveKey).describe('Public curve keys, by node'),
  }),
  outputs: z.object({ sealed: z.record(z.string(), sealedSecret) }),
  timeLimitMs: minutes(1),
});

/** `secret.file` */
export const secretFile = defineAction({
  description: 'A file holds what another agent sealed for this one; its content never appears anywhere.',
  params: z.object({
    sealed: sealedSecret,
    path: absolutePath,
    mode: fileMode.default('0600'),
    owner: z.string().default('root'),
    group: z.string().default('root'),
    template: z
      .string()
      .default('{value}')
      .describe('Text around the secret; {value} is replaced, {base64} by its Base64'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});
