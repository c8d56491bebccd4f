/** Writes a figure with three digits that count, so that columns can be compared: 0.0123, 1.23, 12.3, 123, 12345. */
export function numberText(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(digits);
}
