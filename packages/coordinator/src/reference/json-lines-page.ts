import * as z from 'zod';
import { type JsonLine, jsonLine } from '../cli/json-lines.ts';
import { fieldTable, type JsonSchema } from './field-table.ts';

/** When each line comes, and what it says. */
const meanings: Record<JsonLine['type'], string> = {
  waiting: '`up` waits for nodes. It comes again when the picture changes.',
  nodes: 'The nodes: of `nodes ls`, and whenever one of them changes while a run is followed.',
  plan: 'The run that is followed, or what `plan` found.',
  step: 'An attempt of a step began or ended.',
  task: 'A task of a step began or ended.',
  reasons:
    'A running step has waited for ten seconds or longer: why what it waits for is not there yet, the most telling reason first. It comes again when the reasons change; without reasons, the step does not wait any more.',
  diagnosis: 'What `doctor` says of a phase.',
  message: 'What people are told that no other line says.',
  status: 'The answer to `status`.',
  run: 'A run as it stands.',
  runs: 'The answer to `runs ls`: the newest run last.',
  log: 'A line of the output of a step.',
  token: 'The answer to `token create`. It is the only line with a secret.',
  tokens: 'The answer to `token ls`.',
  pulled: '`mirror pull` has a file, an image or modules in the mirror tree.',
  mirror: 'The end of `mirror pull`: what is in the mirror tree, and what is not.',
  version: 'The answer to `version`.',
  trial: 'A trial of an experiment: how it is to be measured (`experiment plan`), or how it stands.',
  usage: 'What a node uses, of `nodes top`. With `--watch` it comes every second.',
  'no-usage': 'A node does not tell what it uses, and why.',
  'load-progress': 'How the load of `invoke` is going. It comes every second.',
  image: 'An image is as `image optimize`, `image push` or `image preload` was to bring it about.',
  function: 'A function, of `fn ls`.',
  'function-details': 'The answer to `fn describe`.',
  'function-waiting': 'What keeps a function from being Ready. It comes again when that changes.',
  'function-deployed': '`fn deploy` is done with a function: it has a URL if it is Ready, and reasons if it is not.',
  endpoints: '`fn deploy` wrote the file of endpoints.',
  'function-log': 'A line that a function printed, of `fn logs`.',
  'function-deleted': 'A function is gone, of `fn delete`; with `--no-wait`, its deletion has begun.',
  'shipped-function': 'A function that ships with the product, of `fn show`.',
  result: 'The last line of every command: its outcome and exit code.',
};

/** Makes the page of the lines of `--output json` from their schemas. */
export function jsonLinesPage(): string {
  const lines = jsonLine.options.map((option) => {
    const schema = z.toJSONSchema(option, { io: 'output', unrepresentable: 'any' }) as JsonSchema;
    const type = String(schema.properties?.type?.const);
    const { time: _time, type: _type, ...properties } = schema.properties ?? {};
    return [
      `## ${type}`,
      '',
      meanings[type as JsonLine['type']],
      '',
      ...fieldTable({ ...schema, properties }, 'field'),
    ];
  });
  return [
    '# JSON lines',
    '',
    'Made from `packages/coordinator/src/cli/json-lines.ts`; do not edit. With `--output json` a command prints one JSON',
    'object per line to standard output, each with its `time` and its `type`; the last is of type `result`. Fields are',
    'added, never taken away: otherwise `schemaVersion` of the result line becomes another one. Text for people goes to',
    'standard error, and `status`, `nodes`, `token` and `logs` write none.',
    '',
    ...lines.flat(),
  ].join('\n');
}
