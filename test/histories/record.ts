import { writeFile } from 'node:fs/promises';
import { createClient } from '@vhive/coordinator/cli/client/client';
import { runningEndpoint } from '@vhive/coordinator/cli/connect';
import type { RunEvent } from '@vhive/shared';
import { format } from './history.ts';

/**
 * Writes the newest run of a running coordinator as a history to replay:
 *
 *     bin/with-node node test/histories/record.ts <state directory> <name>
 */
const [stateDir = '', name = ''] = process.argv.slice(2);
const endpoint = await runningEndpoint(stateDir);
if (!endpoint) throw new Error(`no coordinator runs on ${stateDir}: vhive-coord serve --state-dir ${stateDir}`);
const client = createClient(endpoint);
const enough = new AbortController();
const events: RunEvent[] = [];
for await (const message of client.stream({}, enough.signal)) {
  if (message.type === 'event') events.push(message.event);
  if (message.type === 'caught-up') enough.abort();
}
client.close();
await writeFile(new URL(`${name}.json`, import.meta.url), format(events));
