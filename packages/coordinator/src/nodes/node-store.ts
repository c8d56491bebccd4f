import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { messageOf } from '@vhive/shared';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { type NodeRecord, nodeRecord } from './node-record.ts';

/**
 * The records of nodes as files, `<stateDir>/nodes/<name>.json`. They are files rather than a NATS bucket for three
 * reasons: enrolment and approval then need no NATS, `vhive-coord nodes` can tell what is known while NATS is down, and
 * a change of one node writes one file.
 */
export interface NodeStore {
  load(): Promise<NodeRecord[]>;
  save(record: NodeRecord): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Opens the store. A damaged file is logged and left out, because one node must not keep the others from working. */
export async function openNodeStore(stateDir: string, log: Logger): Promise<NodeStore> {
  const directory = join(stateDir, 'nodes');
  await makeDirectory(directory, 0o700);
  const fileOf = (name: string) => join(directory, `${name}.json`);
  /** The changes of one node are written in the order in which they were made. */
  const queues = new Map<string, ReturnType<typeof pLimit>>();
  function inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const queue = queues.get(name) ?? pLimit(1);
    queues.set(name, queue);
    return queue(work).finally(() => {
      if (queue.activeCount + queue.pendingCount === 0 && queues.get(name) === queue) queues.delete(name);
    });
  }
  return {
    async load() {
      const names = (await readdir(directory)).filter((name) => /^[a-z0-9].*\.json$/.test(name));
      const limit = pLimit(32);
      const records = await limit.map(names, async (name) => {
        try {
          return nodeRecord.parse(JSON.parse((await readFileIfPresent(join(directory, name))) ?? ''));
        } catch (error) {
          log.error({ file: join(directory, name), reason: messageOf(error) }, 'node record is damaged; node left out');
          return undefined;
        }
      });
      return records.filter((record) => record !== undefined);
    },
    save: (record) => {
      const text = JSON.stringify(record);
      return inTurn(record.name, () => writeFileAtomic(fileOf(record.name), text));
    },
    remove: (name) => inTurn(name, () => rm(fileOf(name), { force: true })),
  };
}
