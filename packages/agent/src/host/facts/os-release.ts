import type { Facts } from '@vhive/shared';
import { readText } from './read-text.ts';

/** Reads the values of an os-release file (os-release(5)), without their quotes. */
export function parseOsRelease(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (match?.[1]) values[match[1]] = (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
  }
  return values;
}

/**
 * Tells the distribution. Its `id` is a name in lower case such as "debian" or "ubuntu", or "unknown" when the host
 * does not say.
 */
export async function operatingSystem(): Promise<Facts['os']> {
  const text = (await readText('/etc/os-release')) ?? (await readText('/usr/lib/os-release')) ?? '';
  const values = parseOsRelease(text);
  return {
    id: values.ID ?? 'unknown',
    version: values.VERSION_ID ?? '',
    name: values.PRETTY_NAME ?? values.NAME ?? 'unknown system',
  };
}
