import { createReadStream } from 'node:fs';
import type { CsvRow, CsvTable } from '@vhive/core/traces/read-trace';
import { messageOf, VhiveError } from '@vhive/shared';
import { CsvError, type Info, parse } from 'csv-parse';

/**
 * Reads a CSV file with a row of names. Cells beyond the first `mostColumns` of each row are left out, because a day of a
 * trace has 1440 columns. Throws `usage` with file and line where it cannot be read, is empty, or is no CSV.
 */
export async function readCsv(path: string, mostColumns = Number.POSITIVE_INFINITY): Promise<CsvTable> {
  const rows: CsvRow[] = [];
  try {
    // Short rows are told of by whoever needs the missing cell.
    const parser = parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true });
    const file = createReadStream(path).on('error', (error) => parser.destroy(error));
    for await (const { record, info } of file.pipe(parser) as AsyncIterable<{ record: string[]; info: Info }>) {
      const cells = record.length > mostColumns ? record.slice(0, mostColumns) : record;
      rows.push({ line: info.lines, cells });
    }
  } catch (cause) {
    const where = cause instanceof CsvError && typeof cause.lines === 'number' ? `${path}:${cause.lines}` : path;
    throw new VhiveError({ code: 'usage', message: `${where}: it cannot be read: ${messageOf(cause)}`, cause });
  }
  const [header, ...rest] = rows;
  if (header === undefined) throw new VhiveError({ code: 'usage', message: `${path}: it is empty` });
  return { file: path, header: header.cells, rows: rest };
}
