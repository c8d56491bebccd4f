import { catalogue } from '@vhive/core/versions/catalogue';
import type { ClusterFile } from '@vhive/shared';
import { inputKey } from '../finished-parts.ts';
import { type LabStack, stackFields } from '../stack-choice.ts';

/** What is asked of the publishers. */
export interface PublishersOrder {
  /** The cluster files whose `up` must find everything in the mirror tree. */
  readonly clusterFiles: readonly ClusterFile[];
  /** The architecture of the hosts, such as `amd64`. */
  readonly architecture: string;
  readonly signal?: AbortSignal | undefined;
}

/** The publishers of the software, as `vhive-coord mirror pull` speaks to them. It is handed to the lab. */
export interface Publishers {
  /** Asks, within seconds, whether they can be reached from this machine. `said` names each and what it answered. */
  look(order: PublishersOrder): Promise<{ readonly answer: boolean; readonly said: string }>;
  /**
   * Fills a mirror tree. What is there already is not fetched again. Throws a VhiveError that names everything that
   * could not be had.
   */
  pull(order: PublishersOrder & { readonly directory: string; readonly log: (line: string) => void }): Promise<void>;
}

/** A number to raise when a pull makes something else of the same cluster files. */
const recipeVersion = 1;

/** Returns the cluster files that together ask for everything that a stack has. */
export function clusterFilesOf(stack: LabStack, architecture: string): ClusterFile[] {
  const own: ClusterFile = { sandbox: 'stock-only', network: { plugin: 'bridge' }, ...stackFields[stack] };
  if (stack !== 'full') return [own];
  const full = { ...own, stargz: true, extras: { metricsServer: true } };
  // gVisor and eStargz do not go together in one cluster, and the phases know gVisor for amd64 alone.
  return architecture === 'amd64' ? [full, { ...own, sandbox: 'gvisor' }] : [full];
}

/** Returns a digest of everything that decides what a pull brings: the recipe, and the versions of this release. */
export function publisherInputs(): string {
  const versions = Object.entries(catalogue).map(([name, { version }]) => [name, version]);
  return inputKey('publishers', recipeVersion, stackFields, versions.toSorted());
}
