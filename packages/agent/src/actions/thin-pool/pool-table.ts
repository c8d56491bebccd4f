import type { Params } from '@vhive/shared';

/** Bytes in a sector as the device mapper counts them. */
export const SECTOR = 512;

/** A line of `dmsetup table` about a thin pool (Linux: Documentation/admin-guide/device-mapper/thin-provisioning). */
export interface PoolTable {
  /** Size of the pool, sectors. */
  sectors: number;
  /** Device as "major:minor". */
  metadataDevice: string;
  /** Device as "major:minor". */
  dataDevice: string;
  blockSectors: number;
  lowWaterMarkBlocks: number;
  features: string[];
}

/** The table of a pool on these devices. */
export function poolTable(
  params: Pick<Params<'thin-pool'>, 'dataBytes' | 'blockSectors' | 'lowWaterMarkBlocks'>,
  devices: { metadata: string; data: string },
): string {
  const { dataBytes, blockSectors, lowWaterMarkBlocks } = params;
  return `0 ${dataBytes / SECTOR} thin-pool ${devices.metadata} ${devices.data} ${blockSectors} ${lowWaterMarkBlocks} 1 skip_block_zeroing`;
}

/** undefined when the device is no thin pool. */
export function parsePoolTable(line: string): PoolTable | undefined {
  const [, sectors, target, metadataDevice, dataDevice, block, lowWater, count, ...features] = line.trim().split(/\s+/);
  if (target !== 'thin-pool' || metadataDevice === undefined || dataDevice === undefined) return undefined;
  return {
    sectors: Number(sectors),
    metadataDevice,
    dataDevice,
    blockSectors: Number(block),
    lowWaterMarkBlocks: Number(lowWater),
    features: features.slice(0, Number(count ?? 0)),
  };
}
