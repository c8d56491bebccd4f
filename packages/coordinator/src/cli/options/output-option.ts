import type { Option } from 'commander';
import { option } from './environment.ts';

/** `--output text|json`. */
export function outputOption(): Option {
  return option('-o, --output <format>', 'text, or json: one JSON object per line, the last of type "result"')
    .choices(['text', 'json'])
    .default('text');
}
