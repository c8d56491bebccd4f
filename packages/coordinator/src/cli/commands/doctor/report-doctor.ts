import { exitCodeOf } from '@vhive/shared';
import type { FollowedRun } from '../../follow/followed-run.ts';
import { reportOf } from '../../follow/run-report.ts';
import { resultOfRun } from '../../follow/run-result.ts';
import type { CliIo } from '../../io.ts';
import { doctorLines } from '../../render/doctor-lines.ts';
import { diagnose } from './diagnosis.ts';

/**
 * Prints what the doctor found and sets the command's result. The exit code is 4 where anything is not as it should be.
 */
export function reportDoctor(run: FollowedRun, io: CliIo): void {
  const { view } = run;
  if (!view) return;
  const diagnosis = diagnose(view, (step, task) => run.taskTitle(step, task));
  for (const { phase, state, complaints, realness } of diagnosis)
    io.line({ type: 'diagnosis', phase, state, complaints, ...realness, byHand: [...realness.byHand] });
  for (const line of doctorLines(diagnosis, { width: io.width }, io.style)) io.say(line);
  const result = resultOfRun(reportOf(view, new Date()), io.wallSeconds);
  const isWell = diagnosis.every(({ state }) => state === 'well');
  io.result = isWell || result.exitCode !== 0 ? result : { ...result, exitCode: exitCodeOf('step-failed') };
}
