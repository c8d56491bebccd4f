/**
 * Tells who holds which lock, from what apt 1.9.11 and newer print: the holder goes to standard output while apt waits,
 * the refusal to standard error. It is undefined when apt failed for another reason than a lock.
 */
export function lockHolder({ stdout, stderr }: { stdout: string; stderr: string }): string | undefined {
  if (!/Unable to (?:acquire|lock)|Could not get lock/.test(stderr)) return undefined;
  const text = `${stdout}\n${stderr}`;
  const lock = /Could not get lock (\S+?)\.? /.exec(text)?.[1];
  const holder = /held by process (\d+ \([^)]+\)|\d+)/.exec(text)?.[1];
  return `${lock ?? "dpkg's lock"}${holder ? `, held by process ${holder}` : ''}`;
}
