/**
 * Returns the Node.js options of a process of the benchmark. With BENCH_PROFILE=<directory> each process leaves a CPU
 * profile in that directory.
 */
export function profiling(name: string): string[] {
  const directory = process.env.BENCH_PROFILE;
  if (directory === undefined) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name}-${process.pid}.cpuprofile`];
}
