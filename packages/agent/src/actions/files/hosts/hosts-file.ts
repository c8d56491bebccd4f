/** What a line of ours ends with. */
export const MARKER = '# managed by vhive-agent';

/** Those of ASCII alone: bytes above may be parts of characters. */
const BLANKS = /[ \t\r\f\v]+/;

/** Names of a line of hosts(5), without its address; empty for comments. */
function namesOf(line: string): string[] {
  const [address, ...names] = (line.split('#', 1)[0] ?? '').split(BLANKS).filter((word) => word !== '');
  return address ? names.map((name) => name.toLowerCase()) : [];
}

const isOurs = (line: string) => line.replace(/[ \t\r\f\v]+$/, '').endsWith(MARKER);

/**
 * The text of /etc/hosts in which the names lead to the address. Lines of ours about any of the names give way to one
 * line; it stands before the first other line about one of them, since the first answer counts, else where our old
 * line stood, else at the end. Other lines stay byte for byte.
 */
export function withHostsEntry(text: string, names: readonly string[], address: string): string {
  const about = (line: string) => namesOf(line).some((name) => names.includes(name));
  const entry = `${address} ${names.join(' ')} ${MARKER}`;
  const complete = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const lines = complete.split('\n').slice(0, -1);
  const first = lines.findIndex(about);
  const at = first === -1 ? lines.length : first;
  const others = (part: string[]) => part.filter((line) => !(isOurs(line) && about(line)));
  return [...others(lines.slice(0, at)), entry, ...others(lines.slice(at)), ''].join('\n');
}
