/** The name of a Knative Service: RFC 1035 has it begin with a letter, as the Kubernetes Services made for it do. */
const NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
const LONGEST = 63;

/** Tells what is wrong with the name of a function; undefined when nothing is. */
export function functionNameProblem(name: string): string | undefined {
  if (name.length > LONGEST)
    return `the name ${name} has ${name.length} characters, and at most ${LONGEST} are allowed`;
  if (NAME.test(name)) return undefined;
  return `${JSON.stringify(name)} is no name for a function: it takes lower-case letters, digits and "-", a letter first and no "-" at the end`;
}

/** Returns the names of the copies of a function, as vSwarm numbers them: `helloworld-0`, `helloworld-1`. */
export function copyNames(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

/** The word by which a shipped function is found, however it is written: `rnn_serving.yaml` and `rnn-serving` are one. */
export function catalogueWord(text: string): string {
  return text
    .replace(/\.(ya?ml|json)$/i, '')
    .replaceAll(/[-_]/g, '')
    .toLowerCase();
}

/** Whether a name is meant by a pattern, in which `*` stands for any characters and `?` for one. */
export function isMeant(name: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
