import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import * as z from 'zod';

const stuckList = z.array(
  z.strictObject({
    /** The kind of the workload. A "Service" is one of Knative. */
    kind: z.enum(['Deployment', 'DaemonSet', 'Service']).default('Deployment'),
    namespace: z.string().default('default'),
    name: z.string(),
    /** The container that waits. */
    container: z.string().default('main'),
    /** Why it waits, as the kubelet says it, or "Unschedulable": then its pod has no node. */
    reason: z.string(),
    message: z.string().default(''),
    /** What the container printed before it ended last. */
    lastWords: z.array(z.string()).default([]),
  }),
);
/** A workload of the simulated cluster whose pod does not come up. */
export type StuckWorkload = z.infer<typeof stuckList>[number];

/**
 * Reads the workloads that are to be stuck, for learning and for tests, from `stuck.json` in the directory of the
 * simulated cluster. The file is read again for each look, and whoever watches is told when it changes. Throws an error
 * with the code `usage` when it is no valid list.
 */
export async function readStuck(directory: string): Promise<StuckWorkload[]> {
  const file = join(directory, 'stuck.json');
  const text = await readFile(file, 'utf8').catch(() => '[]');
  try {
    return stuckList.parse(JSON.parse(text));
  } catch (cause) {
    throw new VhiveError({ code: 'usage', message: `${file} is no list of workloads: ${String(cause)}`, cause });
  }
}
