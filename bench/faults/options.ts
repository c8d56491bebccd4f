import { parseArgs } from 'node:util';

/** Which schedules are carried out. */
export interface FaultsOptions {
  seed: number;
  count: number;
  /** Whether disks are filled, which needs root for a mount. */
  disk: boolean;
  /** Whether the directories of good trials are kept too. */
  keep: boolean;
  /** Whether schedules are only printed. */
  list: boolean;
}

/** Reads `--seed S --count N --no-disk --keep --list`. */
export function faultsOptions(argv: string[]): FaultsOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '10' },
      'no-disk': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  return {
    seed: whole(values.seed),
    count: whole(values.count),
    disk: !values['no-disk'],
    keep: values.keep,
    list: values.list,
  };
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`"${text}" is not a seed or a number of trials`);
}
