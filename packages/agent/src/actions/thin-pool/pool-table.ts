/** The bytes in a sector as the device mapper counts them. */
export const SECTOR = 512;

/** A line of `dmsetup table` about a thin pool (Linux: Documentation/admin-guide/device-mapper/thin-provisioning). */
export interface PoolTable {
  /** The size of the pool in sectors. */
  sectors: number;
  /** The device of the metadata, as "major:minor". */
  metadataDevice: string;
  /** The device of the data, as "major:minor". */
  dataDevice: string;
  blockSectors: number;
  lowWaterMarkBlocks: number;
  features: string[];
}

/** Reads a line of `dmsetup table`; undefined when the device is not a thin pool. */
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
