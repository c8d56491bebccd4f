/** The bytes in a block of a thin pool's metadata (dm-thin-metadata.h: THIN_METADATA_BLOCK_SIZE is 8 sectors). */
export const METADATA_BLOCK = 4096;

/**
 * The most metadata blocks that the kernel uses, which is 15.9 GiB, even of a larger metadata device
 * (dm-space-map-metadata.h: DM_SM_METADATA_MAX_BLOCKS).
 */
export const MAX_METADATA_BLOCKS = 255 * (2 ** 14 - 64);

/** A line of `dmsetup status` about a thin pool (Linux: Documentation/admin-guide/device-mapper/thin-provisioning). */
export type PoolStatus =
  /** The kernel gave up on the pool. */
  | { mode: 'fail' }
  /** The kernel cannot tell the state of the pool. */
  | { mode: 'error' }
  | {
      mode: 'rw' | 'ro' | 'out_of_data_space';
      usedMetadataBlocks: number;
      totalMetadataBlocks: number;
      usedDataBlocks: number;
      totalDataBlocks: number;
      /**
       * Whether the pool's metadata is damaged or doubtful. The kernel then writes nothing more until it was repaired.
       */
      needsCheck: boolean;
    };

const pair = (text: string | undefined): [number, number] => {
  const [used, total] = (text ?? '').split('/').map(Number);
  return [used ?? Number.NaN, total ?? Number.NaN];
};

/**
 * Reads a line of `dmsetup status`. It is undefined when the device is not a thin pool or the line is not one that the
 * kernel documents.
 */
export function parsePoolStatus(line: string): PoolStatus | undefined {
  const [, , target, first, metadata, data, , mode, ...rest] = line.trim().split(/\s+/);
  if (target !== 'thin-pool') return undefined;
  if (first === 'Fail') return { mode: 'fail' };
  if (first === 'Error') return { mode: 'error' };
  if (mode !== 'rw' && mode !== 'ro' && mode !== 'out_of_data_space') return undefined;
  const [usedMetadataBlocks, totalMetadataBlocks] = pair(metadata);
  const [usedDataBlocks, totalDataBlocks] = pair(data);
  const numbers = [usedMetadataBlocks, totalMetadataBlocks, usedDataBlocks, totalDataBlocks];
  if (numbers.some((number) => !Number.isInteger(number))) return undefined;
  return {
    mode,
    usedMetadataBlocks,
    totalMetadataBlocks,
    usedDataBlocks,
    totalDataBlocks,
    needsCheck: rest.includes('needs_check'),
  };
}
