import type { Params } from '@vhive/shared';
import type { ActionError } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import type { FoundPool } from './look-at-pool.ts';
import { MAX_METADATA_BLOCKS, METADATA_BLOCK, parsePoolStatus } from './pool-status.ts';
import { parsePoolTable, SECTOR } from './pool-table.ts';

/** The verdict about a pool as it was found. */
export interface PoolVerdict {
  /** The changes that are needed, one line each; empty when the pool is as wanted. */
  changes: string[];
  /** The failure that says why the pool must not be touched. */
  refusal?: ActionError;
  /** Differences that stay as they are. */
  notes: string[];
}

const gib = (bytes: number) => `${Math.round((bytes / 2 ** 30) * 10) / 10} GiB`;

/**
 * Judges a pool. This is a pure function. It never asks to make an existing pool again, because everything in it would
 * be lost.
 */
export function judgePool(params: Params<'thin-pool'>, found: FoundPool): PoolVerdict {
  const { name, directory } = params;
  if (found.state !== 'there') {
    const why = found.state === 'no-driver' ? ' (the device mapper does not answer yet)' : '';
    return { changes: [`${name}: the thin pool of ${gib(params.dataBytes)} is made${why}`], notes: [] };
  }
  const refuse = (message: string, hint: string): PoolVerdict => ({
    changes: [],
    notes: [],
    refusal: failedForGood(message, { hint, lastLines: [found.status, found.table] }),
  });

  const status = parsePoolStatus(found.status);
  const table = parsePoolTable(found.table);
  if (status === undefined || table === undefined)
    return refuse(
      `the device ${name} is no thin pool: ${found.status || 'it has no table'}`,
      `who made it? dmsetup info ${name}; when nothing uses it: dmsetup remove ${name}`,
    );
  if (status.mode === 'fail' || status.mode === 'error' || status.mode === 'ro' || status.needsCheck)
    return refuse(
      `the thin pool ${name} needs repair and is not touched (dmsetup status: ${found.status})`,
      `stop what uses it, take it down (dmsetup remove ${name}), then: thin_check ${directory}/metadata, and where that finds damage, thin_repair -i ${directory}/metadata -o <new file> (package thin-provisioning-tools)`,
    );

  const { metadata, data } = found.devices;
  if (table.metadataDevice !== metadata || table.dataDevice !== data)
    return refuse(
      `the thin pool ${name} stands on the devices ${table.metadataDevice} and ${table.dataDevice}, not on ${directory}/metadata (${metadata ?? 'no loop device'}) and ${directory}/data (${data ?? 'no loop device'})`,
      `another set-up made it, or its files were deleted: losetup -a; when nothing uses it: dmsetup remove ${name}`,
    );
  if (table.blockSectors !== params.blockSectors)
    return refuse(
      `the thin pool ${name} has blocks of ${table.blockSectors} sectors, wanted are ${params.blockSectors}: that cannot be changed`,
      `keep ${table.blockSectors}, or remove the pool with all it holds: dmsetup remove ${name}; rm ${directory}/data ${directory}/metadata`,
    );

  const changes: string[] = [];
  const notes: string[] = [];
  const bytes = table.sectors * SECTOR;
  if (bytes < params.dataBytes) changes.push(`${name}: grows from ${gib(bytes)} to ${gib(params.dataBytes)}`);
  if (bytes > params.dataBytes)
    notes.push(`${name} keeps its ${gib(bytes)}: a pool only grows (wanted are ${gib(params.dataBytes)})`);
  const metadataBytes = status.totalMetadataBlocks * METADATA_BLOCK;
  const wantedBlocks = Math.min(Math.floor(params.metadataBytes / METADATA_BLOCK), MAX_METADATA_BLOCKS);
  if (status.totalMetadataBlocks < wantedBlocks)
    changes.push(`${name}: its metadata grows from ${gib(metadataBytes)} to ${gib(params.metadataBytes)}`);
  if (table.lowWaterMarkBlocks !== params.lowWaterMarkBlocks || table.features.join() !== 'skip_block_zeroing')
    notes.push(`${name} keeps its low water mark and features until the next boot: ${found.table}`);
  if (status.mode === 'out_of_data_space' && changes.length === 0)
    return refuse(
      `the thin pool ${name} is full (${status.usedDataBlocks} of ${status.totalDataBlocks} blocks)`,
      'remove images and snapshots that nobody needs, or let it grow: firecracker.thinPool.dataGiB in the cluster file',
    );
  return { changes, notes };
}
