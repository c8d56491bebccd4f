/** Whether a line of an fstab switches swap on: its third field is `swap`, and it is not a comment. */
function isSwap(line: string): boolean {
  const fields = line.trim().split(/\s+/);
  return !line.trim().startsWith('#') && fields[2] === 'swap';
}

/** Tells whether an fstab (fstab(5)) switches swap on at boot. */
export function hasSwap(fstab: string): boolean {
  return fstab.split('\n').some(isSwap);
}

/** Returns the same fstab with its swap lines commented out. Every other byte stays. */
export function withoutSwap(fstab: string): string {
  return fstab
    .split('\n')
    .map((line) => (isSwap(line) ? `# vhive: ${line}` : line))
    .join('\n');
}
