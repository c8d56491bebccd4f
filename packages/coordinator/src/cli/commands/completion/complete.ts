import completions, { script } from '@bomb.sh/tab';
import addCompletion from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

const PROGRAM = 'vhive-coord';

/** Returns the script for a shell. It calls this program with `complete -- <words>` for each completion. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish'): string {
  return printed(() => script(shell, PROGRAM, PROGRAM));
}

/** The name under which the library adds a command of its own, which nobody calls. */
const ADDED = 'complete-for';

/**
 * Returns what may stand for the last of these words of a command line, as the scripts take it: lines of a word and what
 * it means. The program is of no other use afterwards.
 */
export function complete(words: readonly string[], program: Command): string {
  addCompletion(program, { completionCommandName: ADDED });
  return printed(() => completions.parse([...words]))
    .split('\n')
    .filter((line) => !line.startsWith(`${ADDED}\t`))
    .join('\n');
}

/** What a function prints, which knows no other way to return it. */
function printed(print: () => void): string {
  const { log } = console;
  let text = '';
  console.log = (line: string) => {
    text += `${line}\n`;
  };
  try {
    print();
  } finally {
    console.log = log;
  }
  return text;
}
