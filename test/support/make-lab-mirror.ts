// Makes the lab's mirror tree, as `lab up` does before it makes hosts. It is a program of its own so that a test can give
// it an internet and kill it. Its words are the cache directory, the stack, and the source or nothing.
import { labPublishers } from '@vhive/coordinator/assembly/lab-publishers';
import { labSoftware } from '@vhive/lab/cluster/lab-software';
import type { LabSource } from '@vhive/lab/tree/source-choice';
import type { LabStack } from '@vhive/lab/tree/stack-choice';
import { exitCodeOf, VhiveError } from '@vhive/shared';

const [cacheDir = '', stack, source] = process.argv.slice(2) as [string, LabStack, LabSource | undefined];
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
try {
  const options = { cacheDir, source, publishers: labPublishers, signal: stop.signal };
  const software = await labSoftware({ stack }, { ...options, log: (line) => console.error(line) });
  console.log(JSON.stringify(software));
} catch (error) {
  if (!(error instanceof VhiveError)) throw error;
  console.error(`${error.message}\nhint: ${error.hint}`);
  process.exitCode = exitCodeOf(error.code);
}
