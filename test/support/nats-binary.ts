import { join } from 'node:path';
import { findNatsServer } from '@vhive/coordinator/nats/server/nats-binary';
import { silentLog } from './silent-log.ts';

let found: Promise<string> | undefined;

/** Returns the path of a real nats-server, which is installed or was fetched once into the repository's cache. */
export function natsBinary(): Promise<string> {
  const cacheDir = join(import.meta.dirname, '../../.cache/nats-server');
  found ??= findNatsServer({ cacheDir, log: silentLog }).then(({ path }) => path);
  return found;
}
