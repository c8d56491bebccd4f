/** Node.js options of a process of the benchmark: with BENCH_PROFILE=<directory> each leaves a CPU profile there. */
export function profiling(name: string): string[] {
  const directory = process.env.BENCH_PROFILE;
  if (directory === undefined) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name}-${process.pid}.cpuprofile`];
}
