import { inputKey } from './finished-parts.ts';
import { programSource } from './go/program-source.ts';

/** Tag of the stand-in's image: another one whenever its source changes, so that no node keeps an old one. */
export function standInVersion(): string {
  return inputKey(programSource('standin')).slice(0, 12);
}
