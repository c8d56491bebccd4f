import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, fileMode, noOutputs, sealedSecret } from './fields.ts';

const curveKey = z.string().regex(/^X[A-Z2-7]{55}$/);

/** `secret.seal`. */
export const secretSeal = defineAction({
  description:
    'The content of a file of at most 64 KiB is read and given out sealed for other agents. Nothing is changed.',
  params: z.object({
    path: absolutePath,
    recipients: z.record(z.string(), curveKey).describe('The public curve keys of the agents, by node'),
  }),
  outputs: z.object({ sealed: z.record(z.string(), sealedSecret) }),
  timeLimitMs: minutes(1),
});

/** `secret.file`. */
export const secretFile = defineAction({
  description: 'A file holds what another agent sealed for this one. Its content never appears anywhere else.',
  params: z.object({
    sealed: sealedSecret,
    path: absolutePath,
    mode: fileMode.default('0600'),
    owner: z.string().default('root'),
    group: z.string().default('root'),
    template: z
      .string()
      .default('{value}')
      .describe('The text of the file, in which {value} is replaced by the secret and {base64} by its Base64 form'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});
