import { faultsOptions } from './options.ts';
import { describeSchedule, scheduleOf } from './schedule.ts';
import { runTrial } from './trial.ts';

// The program of `npm run test:faults`: kills, stops and starves a simulated cluster while it is brought up, and checks
// from outside that it becomes ready all the same. See docs/testing.md.

const options = faultsOptions(process.argv.slice(2));
const failed: number[] = [];
for (let seed = options.seed; seed < options.seed + options.count; seed += 1) {
  const schedule = scheduleOf(seed, options);
  if (options.list) {
    process.stdout.write(`${describeSchedule(schedule)}\n`);
    continue;
  }
  const { problems, directory, seconds } = await runTrial(schedule, options);
  const took = `${Math.round(seconds)} s`;
  if (problems.length === 0) {
    process.stdout.write(`seed ${seed}: good, ${took}\n`);
    continue;
  }
  failed.push(seed);
  const found = problems.map((problem) => `  ✖ ${problem}`).join('\n');
  process.stdout.write(`${describeSchedule(schedule)}\n${found}\n  ${took}; logs: ${directory}\n`);
}
if (!options.list)
  process.stdout.write(
    failed.length === 0
      ? `all ${options.count} schedules came to a good end\n`
      : `${failed.length} of ${options.count} failed: seeds ${failed.join(', ')}\n`,
  );
process.exitCode = failed.length === 0 ? 0 : 1;
