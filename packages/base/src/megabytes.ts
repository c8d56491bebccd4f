/** A size as people read it: `12 MB`, `0.3 MB`. */
export function megabytes(bytes: number): string {
  return `${inMegabytes(bytes)} MB`;
}

/** How far a transfer is: `120 of 300 MB`, or `120 MB` while nobody knows of how many. */
export function megabytesOf(bytes: number, total: number | undefined): string {
  return total === undefined ? megabytes(bytes) : `${inMegabytes(bytes)} of ${megabytes(total)}`;
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}
