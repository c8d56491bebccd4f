import { kubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import { functionDetails } from '../functions/function-details.ts';
import { functionView } from '../functions/function-view.ts';

const name = z.string();
const namespace = z.string();

/** The fields of the JSON lines about functions. */
export const functionLines = {
  function: functionView.shape,
  details: functionDetails.shape,
  waiting: { name, reasons: z.array(z.string()).describe('The most telling reason first.') },
  deployed: {
    ...{ name, namespace },
    url: z.string().optional(),
    readyMs: z.number().optional().describe('The time from applying it until it was Ready, in milliseconds.'),
    reasons: z.array(z.string()).optional(),
  },
  endpoints: { file: z.string(), endpoints: z.number().int().describe('How many endpoints the file has.') },
  log: { pod: z.string(), container: z.string(), text: z.string() },
  deleted: { name, namespace },
  shipped: { name, description: z.string(), sandbox: z.string(), service: kubernetesObject },
};
