import { clusterOf } from '../trust/authority.ts';

/** The name of a cluster that nobody named. */
const DEFAULT = 'vhive';

/** Returns the name of the cluster: the one that was said, else the one whose state the directory holds, else `vhive`. */
export async function clusterName({
  cluster,
  stateDir,
}: {
  cluster?: string | undefined;
  stateDir: string;
}): Promise<string> {
  return cluster ?? (await clusterOf(stateDir)) ?? DEFAULT;
}
