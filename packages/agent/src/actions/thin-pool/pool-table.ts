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
