import { defined } from '@vhive/shared';
import type { CliIo } from '../io.ts';
import { dryRunLines } from '../render/dry-run-lines.ts';
import { usableLines } from '../render/noteworthy.ts';
import { reportLines } from '../render/report-lines.ts';
import type { FollowedRun } from './followed-run.ts';
import { reportOf } from './run-report.ts';
import { resultOfRun } from './run-result.ts';

/** On a terminal, more nodes than this are not listed one by one unless something is wrong with them. */
const MOST_NODES_ON_TERMINAL = 40;

/** Prints the final report of a run and sets the command's result. */
export function reportRun(run: FollowedRun, io: CliIo): void {
  const { view } = run;
  if (!view) return;
  const report = reportOf(view, new Date());
  const { gateway, answer } = run.usable;
  io.result = {
    ...resultOfRun(report, io.wallSeconds),
    ...defined({ gateway, smokeTest: answer }),
  };
  if (view.mode === 'check')
    for (const line of dryRunLines(view, (step, task) => run.taskTitle(step, task), io.style)) io.say(line);
  const room = { width: io.width, mostNodes: io.text.isTTY ? MOST_NODES_ON_TERMINAL : Number.POSITIVE_INFINITY };
  for (const line of reportLines(report, io.wallSeconds, room, io.style)) io.say(line);
  // The gateway and the answer are shown even when a worker failed, because a lost worker does not keep the others from
  // serving functions.
  if (view.mode === 'check') return;
  // When the operator has a domain of his own, the plan has no such step.
  const magicDomain = view.steps.some(({ id }) => id.startsWith('ingress-domain/'));
  for (const line of usableLines(run.usable, magicDomain)) io.say(line);
}
