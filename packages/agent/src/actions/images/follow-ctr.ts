import type { CommandOptions } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';

/** So many lines are kept of what a command said. */
const MOST_LINES = 40;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes that move the cursor and set colours begin with ESC.
const CODES = /\u001b\[[0-9;?]*[A-Za-z]/g;
/** The bar of one layer, as ctr draws it. */
const BAR = /\|[+-]+\|/;
/** The last line of each picture: `elapsed: 1.2 s  total: 3.3 MiB (2.7 MiB/s)`. */
const TOTAL = /elapsed:\s*(?<seconds>[\d.]+)\s*s\s+total:\s*(?<total>.*?)\s*\((?<rate>.*?)\)/;
/** A line of the log of ctr-remote: `time="…" level=info msg="converting..." digest="sha256:…"`. Warnings are no progress. */
const LOGGED =
  /\blevel=info msg=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>\S+))(?:.*\bdigest="?sha256:(?<digest>[0-9a-f]{12}))?/;

/** Who hears of what a command says. */
type Followed = Pick<ActionContext, 'progress'> & { streamed: Pick<ActionContext['streamed'], 'onLine'> };

/**
 * Reads what ctr and ctr-remote say. They draw a picture of their progress anew several times a second, also where there
 * is no terminal: it becomes the progress of the task. Everything else goes to the step's log, and is kept.
 */
export function followCtr({ progress, streamed }: Followed): {
  said: string[];
  onLine: NonNullable<CommandOptions['onLine']>;
} {
  const said: string[] = [];
  const drawn = new Set<string>();
  return {
    said,
    onLine(stream, raw) {
      const line = raw.replaceAll(CODES, '').trimEnd();
      const told = progressIn(line);
      if (told !== undefined) progress(told);
      if (line.trim() === '' || BAR.test(line) || TOTAL.test(line) || isTree(line)) return;
      // The picture has lines without a bar too, which come again with each.
      if (stream === 'stdout' && drawn.has(line)) return;
      drawn.add(line);
      said.push(line.replace(/^Password: /, ''));
      if (said.length > MOST_LINES) said.shift();
      streamed.onLine?.(stream, line);
    },
  };
}

/** Whether a line is a branch of the tree of an image that ctr draws. */
const isTree = (line: string) => /^\s*[└├│]/.test(line);

/** Returns what a line tells of the progress, in short; undefined where it tells nothing. */
export function progressIn(line: string): string | undefined {
  const total = TOTAL.exec(line)?.groups;
  if (total) return `${total.total} in ${Math.round(Number(total.seconds))} s (${total.rate})`;
  const logged = LOGGED.exec(line)?.groups;
  if (logged === undefined) return undefined;
  const message = logged.quoted ?? logged.bare;
  return logged.digest === undefined ? message : `${message?.replace(/\.+$/, '')} layer ${logged.digest}`;
}
