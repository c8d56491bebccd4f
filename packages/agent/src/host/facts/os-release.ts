import { parseOsRelease } from '@vhive/base/os-release';
import type { Facts } from '@vhive/shared';
import { readText } from './read-text.ts';

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
