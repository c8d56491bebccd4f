import { readFile } from 'node:fs/promises';
import { messageOf, VhiveError } from '@vhive/shared';
import * as z from 'zod';

/** endpoints.json, as vSwarm's deployer and `vhive-coord fn deploy` write it. */
const endpointsFile = z.array(
  z.object({
    hostname: z.string().trim().min(1).max(253),
    eventing: z.boolean().default(false),
    matchers: z.unknown(),
  }),
);

/**
 * Reads the names of endpoints from endpoints.json. Throws `usage`, with the line where one can be told, for a file that is
 * not there, is no list of endpoints or has none, and for endpoints of eventing workflows.
 */
export async function readEndpoints(path: string): Promise<string[]> {
  const parsed = endpointsFile.safeParse(await readJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(path, `${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const eventing = parsed.data.filter((endpoint) => endpoint.eventing).map(({ hostname }) => hostname);
  if (eventing.length > 0)
    throw new VhiveError({
      code: 'usage',
      message: `${path}: ${eventing.slice(0, 3).join(', ')} is an eventing workflow, which cannot be measured yet`,
      hint: 'leave the endpoints with "eventing": true out of the file',
    });
  if (parsed.data.length === 0) throw wrong(path, 'it names no endpoint');
  return parsed.data.map(({ hostname }) => hostname);
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new VhiveError({
      code: 'usage',
      message: `the endpoints cannot be read: ${messageOf(cause)}`,
      hint: 'name the hosts themselves (vhive-coord invoke HOST...), or another file with --endpoints',
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong(path, `it is no JSON: ${messageOf(cause)}`);
  }
}

function wrong(path: string, what: string): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `${path}: ${what}`,
    hint: 'it is a list such as [{"hostname": "helloworld-0.default.192.168.1.240.sslip.io"}]',
  });
}
