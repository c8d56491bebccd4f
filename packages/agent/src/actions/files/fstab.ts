/** Lines of an fstab that mount swap: third field `swap`, not commented. */
function isSwap(line: string): boolean {
  const fields = line.trim().split(/\s+/);
  return !line.trim().startsWith('#') && fields[2] === 'swap';
}

/** Whether an fstab (fstab(5)) switches swap on at boot. */
export function hasSwap(fstab: string): boolean {
  return fstab.split('\n').some(isSwap);
}

/** The same fstab with its swap lines commented out; every other byte stays. */
export function withoutSwap(fstab: string): string {
  return fstab
    .split('\n')
    .map((line) => (isSwap(line) ? `# vhive: ${line}` : line))
    .join('\n');
}
