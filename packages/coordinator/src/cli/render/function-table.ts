import type { FunctionDetails } from '../../functions/function-details.ts';
import type { FunctionView } from '../../functions/function-view.ts';
import { elapsedText } from '../duration.ts';
import type { Style } from './style.ts';
import { table } from './text-table.ts';

/** The width of the output in columns, and the time that ages are told from. */
interface Room {
  width: number;
  now: Date;
}

const ageOf = (createdAt: string | null, now: Date) =>
  createdAt === null ? '-' : elapsedText((now.getTime() - Date.parse(createdAt)) / 1000);

/** Writes functions, one per row, and below them why some are not Ready. */
export function functionTable(functions: readonly FunctionView[], { width, now }: Room, style: Style): string[] {
  const columns = [
    { heading: 'FUNCTION' },
    { heading: 'READY' },
    { heading: 'PODS' },
    { heading: 'AGE' },
    { heading: 'REVISION', elastic: true, optional: true },
    { heading: 'URL' },
  ];
  const rows = functions.map(({ name, ready, pods, createdAt, revision, url }) => [
    { text: name },
    ready ? { text: 'yes', style: style.good } : { text: 'no', style: style.bad },
    { text: `${pods.ready}/${pods.all}` },
    { text: ageOf(createdAt, now) },
    { text: revision ?? '-' },
    { text: url ?? '-' },
  ]);
  const unready = functions.flatMap(({ name, reason }) => (reason === null ? [] : [`${name}: ${reason}`]));
  return [...table(columns, rows, { width, heading: style.dim }), ...(unready.length === 0 ? [] : ['', ...unready])];
}

/** Writes all of one function, part by part. */
export function functionLines(details: FunctionDetails, { width, now }: Room, style: Style): string[] {
  const { name, namespace, ready, reason, url, images, createdAt, conditions, revisions, podList, reasons, events } =
    details;
  const part = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', style.bold(heading), ...lines.map((line) => `  ${line}`)];
  const pods = podList.map((pod) => [
    { text: pod.name },
    { text: pod.node ?? '-' },
    { text: pod.state, ...(pod.ready ? { style: style.good } : {}) },
  ]);
  return [
    `${style.bold(name)} in namespace ${namespace}: ${ready ? style.good('Ready') : style.bad(`not Ready: ${reason ?? ''}`)}`,
    `  at     ${url ?? '-'}`,
    `  image  ${images.join(', ') || '-'}`,
    `  age    ${ageOf(createdAt, now)}`,
    ...part(
      'conditions',
      conditions.map((each) => [`${each.type}: ${each.status}`, each.reason, each.message].filter(Boolean).join(', ')),
    ),
    ...part(
      'revisions',
      revisions.map(
        (each) =>
          `${each.name}: ${each.ready ? 'Ready' : 'not Ready'}, ${each.traffic} % of the calls, ${each.image ?? '-'}`,
      ),
    ),
    ...part(
      podList.length === 0 ? 'no pods: it is scaled to zero' : 'pods',
      podList.length === 0
        ? []
        : table([{ heading: 'POD' }, { heading: 'NODE' }, { heading: 'STATE', elastic: true }], pods, {
            width: width - 2,
            heading: style.dim,
          }),
    ),
    ...part('what keeps it', reasons),
    ...part('warnings', events),
  ];
}
