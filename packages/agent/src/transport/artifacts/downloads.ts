import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { orAborted } from '@vhive/base/abort';
import { syncFile } from '@vhive/base/files/sync';
import { temporaryBeside } from '@vhive/base/files/temporary-files';
import { type ArtifactRef, VhiveError } from '@vhive/shared';
import type { Downloads } from '../../executor/ports.ts';
import { parseCoordinatorAddress } from '../enrolment/coordinator-address.ts';
import type { Identity } from '../enrolment/identity.ts';

/** A download under way, shared by all who want the same file. */
interface Shared {
  done: Promise<void>;
  waiting: Set<(detail: string) => void>;
  abort: AbortController;
}

/** Downloads into a directory of the agent, one per artifact at a time, and from there to their places. */
export function createDownloads(directory: string, identity: () => Identity): Downloads {
  const shared = new Map<string, Shared>();

  const start = (artifact: ArtifactRef): Shared => {
    const abort = new AbortController();
    const waiting: Shared['waiting'] = new Set();
    const progress = (detail: string) => {
      for (const tell of waiting) tell(detail);
    };
    const done = fetchWith(identity(), artifact, join(directory, artifact.sha256), abort.signal, progress);
    const entry = { done, waiting, abort };
    shared.set(artifact.sha256, entry);
    // Who waits hears of a failure; who comes later begins anew.
    done.catch(() => forget(artifact, entry));
    return entry;
  };

  const forget = (artifact: ArtifactRef, entry: Shared) => {
    if (shared.get(artifact.sha256) === entry) shared.delete(artifact.sha256);
  };

  /** Drops one who waited; the last one stops the download and removes the file. */
  const leave = async (artifact: ArtifactRef, entry: Shared, tell: (detail: string) => void) => {
    entry.waiting.delete(tell);
    if (entry.waiting.size > 0) return;
    entry.abort.abort();
    forget(artifact, entry);
    await rm(join(directory, artifact.sha256), { force: true });
  };

  return {
    async download(artifact, localPath, { mode, signal, progress }) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const entry = shared.get(artifact.sha256) ?? start(artifact);
      const tell = (detail: string) => progress(detail);
      entry.waiting.add(tell);
      try {
        await orAborted(entry.done, signal);
        await mkdir(dirname(localPath), { recursive: true });
        const temporary = temporaryBeside(localPath);
        try {
          const isLast = entry.waiting.size === 1;
          // The last one takes the file away, so nobody may join any more.
          if (isLast) forget(artifact, entry);
          await place(join(directory, artifact.sha256), temporary, isLast);
          await chmod(temporary, Number.parseInt(mode, 8));
          await rename(temporary, localPath);
        } finally {
          await rm(temporary, { force: true });
        }
      } finally {
        await leave(artifact, entry, tell);
      }
    },
  };
}

async function fetchWith(
  identity: Identity,
  artifact: ArtifactRef,
  path: string,
  signal: AbortSignal,
  progress: (detail: string) => void,
): Promise<void> {
  const { ca, enrolment } = identity;
  if (!enrolment || ca === undefined)
    throw new VhiveError({
      code: 'refused',
      permanent: false,
      message: 'this agent is not enrolled: it may not fetch artifacts',
    });
  // Loaded when there is something to download: idle agents need no HTTPS in memory.
  const { createCoordinatorClient } = await import('../coordinator-client.ts');
  const { downloadArtifact } = await import('./artifact-download.ts');
  const client = createCoordinatorClient(parseCoordinatorAddress(enrolment.coordinator), ca);
  try {
    await downloadArtifact({ client, bearer: enrolment.artifactToken, artifact, path, signal, progress });
  } finally {
    client.close();
  }
}

/** Moves (or copies) a file beside its place; a move works within a file system only. */
async function place(from: string, to: string, move: boolean): Promise<void> {
  if (move && (await rename(from, to).then(() => true, isOtherFileSystem))) return;
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await syncFile(to);
}

function isOtherFileSystem(error: NodeJS.ErrnoException): false {
  if (error.code === 'EXDEV') return false;
  throw error;
}
