import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { endpointsText } from '@vhive/core/functions/endpoints';
import { VhiveError } from '@vhive/shared';
import type { DeployedFunction } from './deploy-functions.ts';

/** Refuses a file of endpoints that could not be written later. */
export async function checkEndpointsFile(path: string): Promise<void> {
  const directory = dirname(resolve(path));
  const parent = await stat(directory).catch(() => undefined);
  const there = await stat(path).catch(() => undefined);
  if (parent?.isDirectory() && there?.isDirectory() !== true) return;
  throw new VhiveError({
    code: 'usage',
    message: there?.isDirectory()
      ? `${path} is a directory, and not a file of endpoints`
      : `there is no directory ${directory} for the file of endpoints`,
    hint: 'name another file with --endpoints-file; nothing was deployed',
  });
}

/** Writes endpoints.json with the functions that are Ready, and with no others. Returns how many those are. */
export async function writeEndpoints(path: string, functions: readonly DeployedFunction[]): Promise<number> {
  const endpoints = functions.flatMap(({ url, endpoint }) =>
    url === undefined || endpoint === undefined ? [] : [{ hostname: new URL(url).host, eventing: endpoint.eventing }],
  );
  await writeFileAtomic(path, endpointsText(endpoints), { mode: 0o644 });
  return endpoints.length;
}
