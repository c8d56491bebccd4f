import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** The machine the figures are from, and how busy others keep it. */
export function machine() {
  return {
    cpus: availableParallelism(),
    model: cpus()[0]?.model ?? '',
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    /** 1 minute. */
    load: loadavg()[0],
  };
}
