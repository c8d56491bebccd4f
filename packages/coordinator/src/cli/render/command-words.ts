/** How commands that people are to type next are written. */
export interface CommandWords {
  /** Writes a command of vhive-coord, such as `status`, with what it needs to find the coordinator in use. */
  coord(command: string): string;
  /** Writes the commands of vhive-coord in a text, such as the hint of an error, as they are to be typed here. */
  inText(text: string): string;
}

/** The commands of vhive-coord. Only before one of them its name is a program to type, and not a service or a folder. */
const commands =
  'completion|config|delete|deploy|doctor|experiment|fn|image|invoke|kubeconfig|lab|logs|mirror|nodes|plan|replay|retry|runs|serve|serve-images|status|token|up|version|<command>|--[a-z]+';
const commandInText = new RegExp(String.raw`(?<![\w./-])vhive-coord(?= (?:${commands})(?![\w-]))`, 'g');

/**
 * Makes the words for the coordinator of a state directory. The directory is named only where it is not the one that
 * commands take by themselves. `typed` is how this program itself was called, where its name alone would not find it.
 */
export function commandWords(
  stateDir: string | undefined,
  defaultStateDir: string,
  typed = 'vhive-coord',
): CommandWords {
  const option = stateDir === undefined || stateDir === defaultStateDir ? '' : ` --state-dir ${shellWord(stateDir)}`;
  return {
    coord: (command) => `${shellWord(typed)} ${command}${option}`,
    inText: (text) => text.replaceAll(commandInText, () => shellWord(typed)),
  };
}

/** The words where the state directory is the usual one. */
export const plainWords: CommandWords = commandWords(undefined, '');

/** Quotes a word for a shell where it needs that. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
