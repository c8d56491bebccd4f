import { inputKey } from './finished-parts.ts';
import { programSource } from './go/program-source.ts';

/**
 * Returns the tag of the stand-in's image. It changes whenever the source of the stand-in does, so that no node keeps
 * an old one.
 */
export function standInVersion(): string {
  return inputKey(programSource('standin')).slice(0, 12);
}
