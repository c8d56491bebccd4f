import { count } from '@vhive/base/count';
import { pointText } from '@vhive/core/experiments/points';
import type { MedianInterval } from '@vhive/core/experiments/statistics';
import {
  differenceOf,
  type Metric,
  metrics,
  type PointSummary,
  summarise,
  type TrialRecord,
} from '@vhive/core/experiments/summary';
import { VERSION } from '@vhive/shared/version';
import { Html, html } from './html.ts';
import { intervalPlot } from './interval-plot.ts';
import { numberText } from './number-text.ts';
import { style } from './style.ts';

/** An experiment as a report shows it. */
export interface ReportedExperiment {
  /** The folder, as its reader knows it. */
  folder: string;
  /** The text of the experiment file. */
  file: string;
  trials: readonly TrialRecord[];
  /** The trials that failed, and why. */
  failed: readonly { trial: string; reason: string }[];
  /** How many trials have not been measured yet. */
  left: number;
}

/** Makes the report of one experiment, or of several in comparison with the first. It is one page that needs nothing else. */
export function reportPage(experiments: readonly ReportedExperiment[]): string {
  const [first, ...others] = experiments;
  if (first === undefined) throw new RangeError('there is no experiment');
  const title = `Experiment ${experiments.map(({ folder }) => folder).join(' and ')}`;
  const body = [
    ...experiments.flatMap((one) => experimentPart(one, others.length === 0)),
    ...others.map((other) => comparison(first, other)),
  ];
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${rawStyle}</style></head><body><h1>${title}</h1><p class="faint">Made by vhive-coord ${VERSION}. Latencies are from the time at which a call was to be sent, of calls that were answered.</p>${body}</body></html>`;
  return `${page.text}\n`;
}

const rawStyle = new Html(style);

function experimentPart({ folder, file, trials, failed, left }: ReportedExperiment, alone: boolean): Html[] {
  const points = summarise(trials);
  const still = left === 0 ? '' : `, ${left} not measured yet`;
  return [
    ...(alone ? [] : [html`<h2>${folder}</h2>`]),
    html`<p>${count(trials.length, 'trial')} measured, ${failed.length} failed${still}.</p>`,
    pointTable(points),
    ...metrics.slice(0, 3).map((metric) => plotOf(metric, points)),
    ...(failed.length === 0 ? [] : [failureTable(failed)]),
    html`<details><summary>Experiment file</summary><pre><code>${file}</code></pre></details>`,
  ];
}

const heading = ({ key, title, unit }: Metric) =>
  html`<th scope="col" title="${title}">${key}${unit === '' ? '' : `, ${unit}`}</th>`;

function pointTable(points: readonly PointSummary[]): Html {
  const rows = points.map(
    ({ values, trials, figures }) =>
      html`<tr><td>${pointText(values)}</td><td>${trials.length}</td>${metrics.map(({ key }) => html`<td>${figureCell(figures.get(key))}</td>`)}</tr>`,
  );
  return html`<div class="scroll"><table><caption>Medians over the trials of each point; below each its 95 % confidence interval, which needs six trials.</caption><thead><tr><th scope="col">point</th><th scope="col">trials</th>${metrics.map(heading)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function figureCell(figure: MedianInterval | undefined): Html {
  if (figure === undefined) return html`–`;
  const { median, interval } = figure;
  const between = interval?.map(numberText).join(' to ');
  return html`${numberText(median)}${between === undefined ? '' : html`<br><span class="faint">${between}</span>`}`;
}

function plotOf(metric: Metric, points: readonly PointSummary[]): Html {
  const rows = points.flatMap(({ values, trials, figures }) => {
    const figure = figures.get(metric.key);
    if (figure === undefined) return [];
    const measured = trials.map(metric.of).filter((value) => value !== undefined);
    return [{ label: pointText(values), figure, measured }];
  });
  return rows.length === 0 ? html`` : intervalPlot(metric.title, metric.unit, rows);
}

function failureTable(failed: ReportedExperiment['failed']): Html {
  return html`<table><caption>Trials that failed</caption><thead><tr><th scope="col">trial</th><th scope="col" class="text">why</th></tr></thead><tbody>${failed.map(
    ({ trial, reason }) => html`<tr><td>${trial}</td><td class="text">${reason}</td></tr>`,
  )}</tbody></table>`;
}

/** Compares the points that two experiments have in common, by the values of their fields. */
function comparison(first: ReportedExperiment, other: ReportedExperiment): Html {
  const mine = new Map(summarise(first.trials).map((point) => [pointText(point.values), point]));
  const rows = summarise(other.trials).flatMap((point) => {
    const base = mine.get(pointText(point.values));
    return base === undefined ? [] : [comparisonRow(base, point)];
  });
  if (rows.length === 0)
    return html`<h2>${other.folder} compared to ${first.folder}</h2><p>They have no point in common.</p>`;
  return html`<h2>${other.folder} compared to ${first.folder}</h2><div class="scroll"><table><caption>By how much the medians differ. Colour: the confidence intervals have nothing in common, so it is hardly chance.</caption><thead><tr><th scope="col">point</th>${metrics.map(heading)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function comparisonRow(base: PointSummary, point: PointSummary): Html {
  const cells = metrics.map(({ key, better }) => {
    const [figure, before] = [point.figures.get(key), base.figures.get(key)];
    if (figure === undefined || before === undefined) return html`<td>–</td>`;
    const { percent, clear } = differenceOf(figure, before);
    if (percent === undefined) return html`<td>${numberText(before.median)} → ${numberText(figure.median)}</td>`;
    const improved = better === 'less' ? percent < 0 : percent > 0;
    const kind = clear && percent !== 0 ? (improved ? 'better' : 'worse') : 'faint';
    return html`<td class="${kind}">${percent > 0 ? '+' : ''}${percent.toFixed(1)} %</td>`;
  });
  return html`<tr><td>${pointText(point.values)}</td>${cells}</tr>`;
}
