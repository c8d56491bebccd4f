import { catalogue } from '@vhive/core/functions/catalogue';
import { functionService } from '@vhive/core/functions/function-service';
import { stringify } from 'yaml';
import { shippedFunction } from '../../../functions/read-wanted.ts';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { table } from '../../render/text-table.ts';

/** Prints the functions that ship with the product, or one of them as YAML for a sandbox. No cluster is asked. */
export function runShow(
  name: string | undefined,
  { sandbox = 'stock-only' }: Flags<'fn show'>,
  { io }: CliContext,
): void {
  const chosen = name === undefined ? catalogue : [shippedFunction(name)];
  for (const entry of chosen)
    io.line({
      type: 'shipped-function',
      name: entry.name,
      description: entry.description,
      sandbox,
      service: functionService(entry, { sandbox }),
    });
  if (io.json) return;
  const [only] = chosen;
  if (name !== undefined && only !== undefined)
    return void io.stdout.write(stringify(functionService(only, { sandbox })));
  const rows = catalogue.map((entry) => [{ text: entry.name }, { text: entry.description }]);
  const columns = [{ heading: 'FUNCTION' }, { heading: 'WHAT IT IS', elastic: true }];
  for (const line of table(columns, rows, { width: io.width, heading: io.style.dim })) io.say(line);
}
