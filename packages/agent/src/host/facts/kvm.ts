import { open, stat } from 'node:fs/promises';
import type { Facts } from '@vhive/shared';

/** Tells whether /dev/kvm exists, and whether it can be opened for reading and writing. */
export async function kvm(): Promise<Facts['kvm']> {
  const present = await stat('/dev/kvm').then(
    () => true,
    () => false,
  );
  if (!present) return { present: false, usable: false };
  try {
    await (await open('/dev/kvm', 'r+')).close();
    return { present: true, usable: true };
  } catch {
    return { present: true, usable: false };
  }
}
