import type { UsageMessage } from '@vhive/shared';
import type { Style } from '../../render/style.ts';
import { type Cell, type Column, table } from '../../render/text-table.ts';

type Told = Extract<UsageMessage, { type: 'usage' }>;
type UsageColumn = Column & { cell: (told: Told) => Cell };

const right = { align: 'right' as const };
const text = (value: string): Cell => ({ text: value });

/** Of such a share of its cores or its memory a node is short. */
const SHORT = 0.9;

/** Writes what nodes use, one per row, and why others do not tell it. */
export function usageTable(newest: Iterable<UsageMessage>, { width }: { width: number }, style: Style): string[] {
  const all = [...newest].toSorted((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true }));
  const told = all.filter((one) => one.type === 'usage');
  const columns = columnsFor(style);
  const rows = told.map((one) => columns.map(({ cell }) => cell(one)));
  return [
    ...(rows.length === 0 ? [] : table(columns, rows, { width, heading: style.dim })),
    ...(told.some(({ simulated }) => simulated) ? [style.dim('simulated hosts: their figures are made up')] : []),
    ...all.flatMap((one) => (one.type === 'no-usage' ? [style.warn(`${one.node} tells nothing: ${one.reason}`)] : [])),
  ];
}

function columnsFor(style: Style): UsageColumn[] {
  const share = (used: number, all: number): Cell => {
    const part = all === 0 ? 0 : used / all;
    return { text: `${Math.round(100 * part)}%`, ...(part > SHORT ? { style: style.warn } : {}) };
  };
  return [
    { heading: 'NODE', cell: ({ node }) => text(node) },
    { ...right, heading: 'CPU', cell: ({ sample }) => text(sample.cpuCores.toFixed(2)) },
    { ...right, heading: 'CPU%', cell: ({ sample }) => share(sample.cpuCores, sample.cpus) },
    { ...right, heading: 'MEMORY', cell: ({ sample }) => text(sizeText(sample.memoryBytes)) },
    { ...right, heading: 'MEMORY%', cell: ({ sample }) => share(sample.memoryBytes, sample.memoryTotalBytes) },
    { ...right, heading: 'IN', cell: ({ sample }) => text(rateText(sample.network?.receivedPerSecond)) },
    { ...right, heading: 'OUT', cell: ({ sample }) => text(rateText(sample.network?.sentPerSecond)) },
    { ...right, heading: 'PODS', cell: ({ sample }) => text(String(sample.pods.length)) },
    { ...right, heading: 'AGENT', optional: true, cell: ({ sample }) => text(sample.agentCores.toFixed(3)) },
  ];
}

const sizeText = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** Writes a rate in bytes per second. */
function rateText(rate: number | undefined): string {
  if (rate === undefined) return '-';
  const units = ['B/s', 'kB/s', 'MB/s', 'GB/s'];
  const whole = Math.round(rate);
  const power = Math.min(units.length - 1, whole < 1 ? 0 : Math.floor(Math.log10(whole) / 3));
  return `${(rate / 1_000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
