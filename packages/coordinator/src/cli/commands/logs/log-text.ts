import { COORDINATOR, type LogLine } from '@vhive/shared';
import type { Style } from '../../render/style.ts';

/** Writes a line of a step's output for a terminal. */
export function logText(line: LogLine, style: Style): string {
  const node = line.node === COORDINATOR ? 'coordinator' : line.node;
  const head = style.dim(`${line.at.slice(11, 23)} ${node} ${line.phase}/${line.taskId}`);
  return `${head} ${line.stream === 'agent' ? style.busy(`# ${line.text}`) : line.text}`;
}

/** Writes the same line for a file, whose path names the node and the phase already. */
export function logFileText(line: LogLine): string {
  return `${line.at} ${line.taskId} ${line.stream === 'agent' ? `# ${line.text}` : line.text}`;
}
