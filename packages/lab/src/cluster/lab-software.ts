import { stat } from 'node:fs/promises';
import { FROM_INTERNET, VhiveError } from '@vhive/shared';
import { installPrerequisites } from '../machine/prerequisites.ts';
import { ensureLabMirror } from '../tree/index.ts';
import type { Publishers } from '../tree/publishers/publishers.ts';
import type { LabSource } from '../tree/source-choice.ts';
import { catalogueVersions, type MirrorVersions } from '../tree/versions.ts';
import type { LabLog } from '../types.ts';
import type { LabMemory } from './lab-memory.ts';

/** Where the hosts of a lab take their software from. */
export interface LabSoftware {
  /** The directory of the mirror tree that hosts are shown; undefined when it is at an address. */
  readonly directory: string | undefined;
  /** The versions that a cluster file must ask for. */
  readonly versions: MirrorVersions;
  /** Whether it is compiled here: then Envoy lacks Istio's own filters, and some parts are stand-ins. */
  readonly compiled: boolean;
}

/** Tells a mirror tree that is a directory of this machine from one that is asked over the network. */
export const isDirectory = (mirror: string) => mirror !== FROM_INTERNET && !/^https?:/i.test(mirror);

/**
 * Finds the software of a lab. A mirror tree that is given is taken as it is, and nothing is pulled or compiled.
 * Otherwise the lab's own tree is made where it is missing.
 */
export async function labSoftware(
  { stack, mirror }: LabMemory,
  options: {
    cacheDir: string;
    source?: LabSource | undefined;
    publishers?: Publishers | undefined;
    log: LabLog;
    signal?: AbortSignal | undefined;
  },
): Promise<LabSoftware> {
  if (mirror === undefined) {
    const { dir, versions, source } = await ensureLabMirror({
      ...options,
      ...{ stack, publishers: options.publishers && withSkopeo(options.publishers) },
    });
    return { directory: dir, versions, compiled: source === 'compile' };
  }
  if (isDirectory(mirror)) await checkDirectory(mirror);
  options.log(`the hosts take everything from ${mirror}: nothing is pulled or compiled`);
  return { directory: isDirectory(mirror) ? mirror : undefined, versions: catalogueVersions(), compiled: false };
}

/** A mirror tree that was remembered may be gone since. */
async function checkDirectory(mirror: string): Promise<void> {
  const isThere = await stat(mirror).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isThere) return;
  throw new VhiveError({
    code: 'usage',
    message: `there is no mirror tree ${mirror}, from which this lab takes everything`,
    hint: `fill it: vhive-coord mirror pull --to ${mirror}; or let the lab have its own: --source publishers, --source compile`,
  });
}

/** Images are copied by skopeo, which is installed where it is missing and a pull is about to begin. */
function withSkopeo(publishers: Publishers): Publishers {
  return {
    look: (order) => publishers.look(order),
    async pull(order) {
      await installPrerequisites(order.log, order.signal, { skopeo: 'skopeo' });
      await publishers.pull(order);
    },
  };
}
