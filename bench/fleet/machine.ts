import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Describes the machine from which the figures are, and how busy others keep it. */
export function machine() {
  return {
    cpus: availableParallelism(),
    model: cpus()[0]?.model ?? '',
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    /** The load average of the last minute. */
    load: loadavg()[0],
  };
}
