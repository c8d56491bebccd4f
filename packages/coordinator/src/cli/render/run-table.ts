import type { RunSummary, RunView } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import type { Style } from './style.ts';
import { table } from './text-table.ts';

/** Writes all runs, one per row, within 80 columns. */
export function runTable(runs: readonly RunSummary[], room: { width: number; now: Date }, style: Style): string[] {
  const rows = runs.map((run) => {
    const end = run.finishedAt === undefined ? room.now.getTime() : Date.parse(run.finishedAt);
    const seconds = Math.max(0, end - Date.parse(run.createdAt)) / 1000;
    return [
      { text: run.runId },
      { text: run.mode === 'check' ? 'dry run' : (run.job ?? 'up') },
      stateCell(run, style),
      { text: run.createdAt.slice(0, 16).replace('T', ' ') },
      // How long a run stands still, or took to be forgotten, tells nothing.
      { text: run.finishedAt === undefined && !isUnderWay(run) ? '' : describeDuration(seconds) },
    ];
  });
  const columns = [
    { heading: 'RUN' },
    { heading: 'KIND' },
    { heading: 'STATE' },
    { heading: 'BEGAN (UTC)' },
    { heading: 'TOOK', elastic: true },
  ];
  return table(columns, rows, { width: room.width, heading: style.dim });
}

function isUnderWay({ status, standing }: RunSummary): boolean {
  return status === 'running' && standing !== true;
}

function stateCell(run: RunSummary, style: Style) {
  if (run.standing) return { text: 'standing', style: style.warn };
  if (isUnderWay(run)) return { text: 'under way', style: style.busy };
  if (run.status === 'ready')
    return run.mode === 'check' ? { text: 'looked', style: style.dim } : { text: 'ready', style: style.good };
  return { text: run.status, style: run.status === 'cancelled' ? style.warn : style.bad };
}

/** Writes what a run goes by: the settings as they were said, the mirror tree, and the version that planned it. */
export function basisLines({ runId, mode, createdAt, basis, standing }: RunView): string[] {
  const lines = [`${mode === 'check' ? 'dry run' : 'run'} ${runId}, begun ${createdAt}`];
  if (standing) lines.push(`it stands still; vhive-coord up resumes it, vhive-coord runs cancel ${runId} ends it`);
  if (basis === undefined) return lines;
  const { settings, mirror, version } = basis;
  const said = settings.said.map(({ path, value, where }) => `${path.join('.')}=${JSON.stringify(value)} (${where})`);
  return [
    ...lines,
    `planned by:   vhive-coord ${version}`,
    `cluster file: ${settings.file?.path ?? 'none'}`,
    `said:         ${said.length === 0 ? 'nothing' : said.join(', ')}`,
    `files from:   ${mirror ?? 'the internet'}`,
  ];
}
