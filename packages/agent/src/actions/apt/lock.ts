/** Who holds which lock, as apt 1.9.11 and newer says it. */
export function lockHolder(text: string): string | undefined {
  const lock = /Could not get lock (\S+?)\.? /.exec(text)?.[1];
  const holder = /held by process (\d+ \([^)]+\)|\d+)/.exec(text)?.[1];
  if (lock === undefined && !/Unable to (?:acquire|lock)/.test(text)) return undefined;
  return `${lock ?? "dpkg's lock"}${holder ? `, held by process ${holder}` : ''}`;
}
