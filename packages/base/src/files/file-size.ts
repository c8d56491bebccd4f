import { stat } from 'node:fs/promises';
import { ignoring } from '../ignoring.ts';

/** Size of a file, bytes; 0 when there is none. */
export async function fileSize(path: string): Promise<number> {
  const found = await stat(path).catch(ignoring('what is not there has no bytes'));
  return found?.size ?? 0;
}
