import type { Logger } from 'pino';
import { hasAddress } from './node-address.ts';
import { openNodeStore } from './node-store.ts';

/** Records that are older than this, in milliseconds, are read again before an address is looked for in them. */
const READ_EVERY_MS = 2_000;

/**
 * Returns a function that tells whether an approved node has an address, by what the coordinator of a state directory
 * stored of its nodes. A node that was removed is known as one until the records are read again.
 */
export async function storedNodeAddresses(
  stateDir: string,
  log: Logger,
  readEveryMs = READ_EVERY_MS,
): Promise<(address: string) => Promise<boolean>> {
  const store = await openNodeStore(stateDir, log);
  let records = store.load();
  let readAt = performance.now();
  return async (address) => {
    if (performance.now() - readAt >= readEveryMs) {
      readAt = performance.now();
      records = store.load();
    }
    return (await records).some((record) => record.approved && hasAddress(record, address));
  };
}
