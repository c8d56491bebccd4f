import type { SimulatedMachine } from './machine.ts';
import type { SimulatedProgram } from './program.ts';

/** The numbers of the loop devices that a simulated pool uses. */
const [DATA, METADATA] = ['7:0', '7:1'];

/**
 * Makes the pool that the script of a pool would make. It reads the settings at the head of the script, because the
 * script itself needs a real kernel.
 */
export async function makeThinPool(machine: SimulatedMachine, script: string): Promise<void> {
  const setting = (name: string) =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(script)?.[1]?.replace(/^'(.*)'$/, '$1') ?? '';
  const [name, dataBytes, metadataBytes] = [setting('name'), setting('data_bytes'), setting('metadata_bytes')];
  const before = machine.state.thinPools?.[name];
  machine.state.thinPools = {
    ...machine.state.thinPools,
    [name]: {
      directory: setting('directory'),
      sectors: Math.max(before?.sectors ?? 0, Number(dataBytes) / 512),
      metadataBlocks: Math.max(before?.metadataBlocks ?? 0, Number(metadataBytes) / 4096),
      blockSectors: before?.blockSectors ?? Number(setting('block_sectors')),
    },
  };
  await machine.save();
}

/** Imitates `dmsetup status|table|remove NAME`. */
export const dmsetup: SimulatedProgram = async (machine, [verb, name = '']) => {
  const pool = machine.state.thinPools?.[name];
  if (pool === undefined) return { exitCode: 1, stderr: `Device ${name} not found\nCommand failed.\n` };
  const { sectors, metadataBlocks, blockSectors } = pool;
  if (verb === 'table')
    return { stdout: `0 ${sectors} thin-pool ${METADATA} ${DATA} ${blockSectors} 32768 1 skip_block_zeroing \n` };
  if (verb === 'status')
    return {
      stdout: `0 ${sectors} thin-pool 0 152/${metadataBlocks} 0/${sectors / blockSectors} - rw discard_passdown queue_if_no_space - 1024\n`,
    };
  if (verb !== 'remove') return { exitCode: 1, stderr: `dmsetup ${verb}: not part of the simulation\n` };
  delete machine.state.thinPools?.[name];
  await machine.save();
  return {};
};

/** Imitates `losetup -l -n -O NAME,MAJ:MIN -j FILE`. */
export const losetup: SimulatedProgram = ({ state }, args) => {
  const file = args.at(-1);
  for (const { directory } of Object.values(state.thinPools ?? {})) {
    if (file === `${directory}/data`) return { stdout: `/dev/loop0 ${DATA}\n` };
    if (file === `${directory}/metadata`) return { stdout: `/dev/loop1 ${METADATA}\n` };
  }
  return {};
};
