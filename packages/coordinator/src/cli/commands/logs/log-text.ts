import { COORDINATOR, type LogLine, printable, printableLines } from '@vhive/shared';
import type { Style } from '../../render/style.ts';

/** Writes a line of a step's output for a terminal. */
export function logText(line: LogLine, style: Style): string {
  const node = line.node === COORDINATOR ? 'coordinator' : line.node;
  const head = style.dim(`${line.at} ${node} ${printable(`${line.phase}/${line.taskId}`)}`);
  return `${head} ${line.stream === 'agent' ? style.busy(`# ${textOf(line)}`) : textOf(line)}`;
}

/** Writes the same line for a file, whose path names the node and the phase already. */
export function logFileText(line: LogLine): string {
  return `${line.at} ${printable(line.taskId)} ${line.stream === 'agent' ? `# ${textOf(line)}` : textOf(line)}`;
}

/** Returns what a step printed, so that it stays one line. Tabs in it stay. */
function textOf({ text }: LogLine): string {
  return printableLines(text).replaceAll('\n', '\\n');
}
