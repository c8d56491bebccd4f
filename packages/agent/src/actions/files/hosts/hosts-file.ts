/** Every line that the agent writes ends with this marker. */
export const MARKER = '# managed by vhive-agent';

/** The blanks of ASCII only, because bytes above may be parts of characters. */
const BLANKS = /[ \t\r\f\v]+/;

/** Returns the names in a line of hosts(5), without its address; none for a comment. */
function namesOf(line: string): string[] {
  const [address, ...names] = (line.split('#', 1)[0] ?? '').split(BLANKS).filter((word) => word !== '');
  return address ? names.map((name) => name.toLowerCase()) : [];
}

const isOurs = (line: string) => line.replace(/[ \t\r\f\v]+$/, '').endsWith(MARKER);

/**
 * Returns the text of /etc/hosts in which the names lead to the address. Our own lines about any of the names are
 * replaced by one line. It stands before the first line of others about one of the names, since the first answer
 * counts; otherwise where our old line stood; otherwise at the end. The lines of others stay byte for byte.
 */
export function withHostsEntry(text: string, names: readonly string[], address: string): string {
  const about = (line: string) => namesOf(line).some((name) => names.includes(name));
  const entry = `${address} ${names.join(' ')} ${MARKER}`;
  const complete = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const lines = complete.split('\n').slice(0, -1);
  const first = lines.findIndex(about);
  const index = first === -1 ? lines.length : first;
  const others = (part: string[]) => part.filter((line) => !(isOurs(line) && about(line)));
  return [...others(lines.slice(0, index)), entry, ...others(lines.slice(index)), ''].join('\n');
}
