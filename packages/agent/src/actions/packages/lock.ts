/**
 * Who holds which lock, as apt 1.9.11 and newer says it: the holder on standard output while it waits, the refusal on
 * standard error. undefined when a lock was not what it failed for.
 */
export function lockHolder({ stdout, stderr }: { stdout: string; stderr: string }): string | undefined {
  if (!/Unable to (?:acquire|lock)|Could not get lock/.test(stderr)) return undefined;
  const text = `${stdout}\n${stderr}`;
  const lock = /Could not get lock (\S+?)\.? /.exec(text)?.[1];
  const holder = /held by process (\d+ \([^)]+\)|\d+)/.exec(text)?.[1];
  return `${lock ?? "dpkg's lock"}${holder ? `, held by process ${holder}` : ''}`;
}
