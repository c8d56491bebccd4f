import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { VhiveError } from '@vhive/shared';
import { readResults } from '../../../experiments/report/read-results.ts';
import { reportPage } from '../../../experiments/report/report-page.ts';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';

/** Writes the report of one experiment, or of several in comparison with the first. */
export async function runReport(
  folders: readonly string[],
  flags: Flags<'experiment report'>,
  { io }: CliContext,
): Promise<void> {
  const [first] = folders;
  if (first === undefined)
    throw new VhiveError({ code: 'usage', message: 'no folder is named', hint: 'vhive-coord experiment report DIR' });
  const experiments = await Promise.all(folders.map(readResults));
  const file = flags.file ?? join(first, 'report.html');
  await writeFileAtomic(file, reportPage(experiments), { mode: 0o644 });
  io.result = { ...io.result, files: [file] };
  io.say(`report: ${file}`);
}
