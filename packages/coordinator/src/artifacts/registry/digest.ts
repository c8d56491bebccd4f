import { createHash } from 'node:crypto';

/** The digest of a content as registries write it: `sha256:<hex>`. */
export function digestOfBytes(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
