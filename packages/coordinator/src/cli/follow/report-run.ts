import { defined } from '@vhive/shared';
import type { CliIo } from '../io.ts';
import { dryRunLines } from '../render/dry-run-lines.ts';
import { failureLines } from '../render/failure-lines.ts';
import { headline } from '../render/headline.ts';
import { usableLines } from '../render/noteworthy.ts';
import { refusalLines } from '../render/refusal-lines.ts';
import { reportLines } from '../render/report-lines.ts';
import { successLines } from '../render/success-lines.ts';
import { wrapped } from '../render/text-width.ts';
import type { FollowedRun } from './followed-run.ts';
import { readyCluster } from './ready-cluster.ts';
import { type RunReport, reportOf } from './run-report.ts';
import { resultOfRun } from './run-result.ts';

/** On a terminal, more nodes than this are not listed one by one unless something is wrong with them. */
const MOST_NODES_ON_TERMINAL = 40;

/** How the outcome of a run is told. */
export interface ReportOptions {
  /** Whether the times and outcomes of all phases are told, too. */
  verbose?: boolean | undefined;
  /** Whether the hosts are simulated. */
  simulated?: boolean | undefined;
}

/** Prints the final report of a run and sets the command's result. */
export function reportRun(
  run: FollowedRun,
  io: CliIo,
  { verbose = false, simulated = false }: ReportOptions = {},
): void {
  const { view } = run;
  if (!view) return;
  const report = reportOf(view, new Date());
  const { gateway, answer } = run.usable;
  io.result = { ...resultOfRun(report, io.wallSeconds), ...defined({ gateway, smokeTest: answer }) };
  if (view.mode === 'check' && report.status !== 'refused')
    for (const line of dryRunLines(view, (step, task) => run.taskTitle(step, task), io)) io.say(line);
  for (const line of verbose ? allLines(report, io) : briefLines(report, run, simulated, io)) io.say(line);
}

function allLines(report: RunReport, io: CliIo): string[] {
  const mostNodes = io.text.isTTY ? MOST_NODES_ON_TERMINAL : Number.POSITIVE_INFINITY;
  return reportLines(report, io.wallSeconds, { width: io.width, mostNodes }, io.style, io.words);
}

/** Writes what a person needs to know at the end of a run: one screen. */
function briefLines(report: RunReport, run: FollowedRun, simulated: boolean, io: CliIo): string[] {
  const { width, style, words } = io;
  const cluster = readyCluster(run.plan, run.usable, simulated);
  const head = ['', ...wrapped(headline(report, io.wallSeconds, style), width)];
  if (report.status === 'refused') {
    // One row is the prompt's.
    const rows = (io.text.isTTY ? (io.text.rows ?? 24) : Number.POSITIVE_INFINITY) - head.length - 2;
    return [...head, '', ...refusalLines(report, { width, rows }, style, words)];
  }
  if (report.status === 'ready' && report.mode === 'apply' && report.isWhole)
    return [...head, ...successLines(report, cluster, width, words)];
  const does = report.mode === 'check' ? 'would change' : 'changed';
  return [
    ...head,
    ...failureLines(report, width, style, words),
    '',
    `Tasks: ${report.changed} ${does}, ${report.unchanged} unchanged. All phases: ${words.coord('status')}`,
    // A lost worker does not keep the others from serving functions.
    ...(report.mode === 'check' ? [] : usableLines(run.usable, cluster.magicDomain)),
  ];
}
