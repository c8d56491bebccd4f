import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { PinnedClient } from '@vhive/base/http/pinned-client';
import { megabytesOf } from '@vhive/base/megabytes';
import { createBackoff } from '@vhive/base/retry/backoff';
import { sleep } from '@vhive/base/retry/sleep';
import { type ArtifactRef, messageOf, VhiveError } from '@vhive/shared';
import type { Uploads } from '../../executor/ports.ts';
import { parseCoordinatorAddress } from '../enrolment/coordinator-address.ts';
import type { Identity } from '../enrolment/identity.ts';

/** Without a byte for this long a connection counts as broken, milliseconds. */
const IDLE_TIMEOUT_MS = 30_000;
/** Each begins the file anew. */
const MAX_ATTEMPTS = 3;

/** Asks for and sends artifacts with the agent's artifact token. */
export function createUploads(identity: () => Identity): Uploads {
  /** With a connection of its own: uploads are rare, and idle agents need no HTTPS in memory. */
  const connected = async <T>(work: (client: PinnedClient, bearer: string) => Promise<T>): Promise<T> => {
    const { ca, enrolment } = identity();
    if (!enrolment || ca === undefined)
      throw new VhiveError({
        code: 'refused',
        permanent: false,
        message: 'this agent is not enrolled: it may not publish artifacts',
      });
    const { createCoordinatorClient } = await import('../coordinator-client.ts');
    const client = createCoordinatorClient(parseCoordinatorAddress(enrolment.coordinator), ca);
    try {
      return await work(client, `Bearer ${enrolment.artifactToken}`);
    } finally {
      client.close();
    }
  };

  return {
    has: (sha256, { signal }) =>
      connected((client, authorization) =>
        persistently(`asking the coordinator for artifact ${sha256.slice(0, 12)}`, signal, async () => {
          const response = await client.send(`/v1/artifacts/${sha256}`, {
            method: 'HEAD',
            headers: { authorization },
            idleMs: IDLE_TIMEOUT_MS,
            signal,
          });
          const { statusCode } = response;
          if (statusCode !== 200 && statusCode !== 404) throw await refusalOf(response);
          response.resume();
          return statusCode === 200;
        }),
      ),

    upload: (artifact, localPath, { signal, progress }) =>
      connected((client, authorization) =>
        persistently(`${artifact.name} cannot be sent to the coordinator`, signal, async () => {
          const { size } = await stat(localPath);
          if (size !== artifact.bytes) throw changed(artifact, localPath);
          const source = createReadStream(localPath, { highWaterMark: 256 * 1024 });
          source.on('data', () => progress(megabytesOf(source.bytesRead, artifact.bytes)));
          const response = await client.send(`/v1/artifacts/${artifact.sha256}`, {
            method: 'PUT',
            headers: { authorization, 'content-type': 'application/octet-stream' },
            stream: { source, bytes: artifact.bytes },
            idleMs: IDLE_TIMEOUT_MS,
            signal,
          });
          if (response.statusCode !== 200 && response.statusCode !== 201) throw await refusalOf(response);
          response.resume();
        }),
      ),
  };
}

/** Tries again what the network or an overloaded server has spoilt; a refusal stays one. */
async function persistently<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const backoff = createBackoff({ firstMs: 500, longestMs: 5_000 });
  for (let attempt = 1; ; attempt++)
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof VhiveError && error.code !== 'unreachable') throw error;
      if (attempt >= MAX_ATTEMPTS)
        throw new VhiveError({
          code: 'unreachable',
          message: `${what}: ${messageOf(error)}`,
          hint: 'is the coordinator running and reachable? vhive-agent status',
          cause: error,
        });
      await sleep(backoff.nextMs(), signal);
    }
}

async function refusalOf(response: IncomingMessage): Promise<Error> {
  const { readRefusal } = await import('../coordinator-client.ts');
  const refusal = await readRefusal(response);
  const status = response.statusCode ?? 0;
  if (status === 429 || status >= 500) return refusal;
  return new VhiveError({
    code: status === 401 || status === 403 ? 'refused' : 'step-failed',
    // An agent that enrols anew has another token by the next attempt.
    permanent: false,
    message: `the coordinator refuses (HTTP ${status}): ${refusal.message}`,
    hint: refusal.hint,
  });
}

function changed(artifact: ArtifactRef, path: string): VhiveError {
  return new VhiveError({
    code: 'step-failed',
    message: `${artifact.name}: ${path} has changed while it was about to be sent`,
    hint: 'try again once nothing writes to it any more',
  });
}
