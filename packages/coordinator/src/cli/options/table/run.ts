import { choice, durationUpTo, listOf, name, phase } from '../argument-types.ts';
import type { OptionEntry, UpOptionEntry } from '../option-entry.ts';

/** The option `--output text|json` of every command that has something to tell. */
export const output = {
  flag: '-o, --output <format>',
  description: 'text, or json: one JSON object per line, the last of type "result"',
  argument: choice('text', 'json'),
  default: 'text',
  inLab: 'forwarded',
} as const satisfies UpOptionEntry;

/** The option `--verbose` of commands that end with the report of a run. */
export const verbose = {
  flag: '--verbose',
  description: 'tell times and outcomes of all phases and nodes at the end, too',
  inLab: 'forwarded',
} as const satisfies UpOptionEntry;

/** The option `--output` of `plan`, which can also draw. */
export const planOutput = {
  flag: '-o, --output <format>',
  description: 'text, json (lines, the last of type "result") or mermaid (a diagram source)',
  argument: choice('text', 'json', 'mermaid'),
  default: 'text',
} as const satisfies OptionEntry;

/** The options that choose among the steps of a run. */
export const selectionTable = {
  until: {
    flag: '--until <phase>',
    description: 'stop after this phase',
    argument: phase,
    inLab: 'forwarded',
  },
  skip: {
    flag: '--skip <phase>',
    description: 'leave this phase out; repeatable',
    argument: listOf(phase),
    inLab: 'forwarded',
  },
  limit: {
    flag: '--limit <node>',
    description: 'only steps of this node; repeatable',
    argument: listOf(name),
    inLab: 'forwarded',
  },
} as const satisfies Record<string, UpOptionEntry>;

/** A week, which is longer than any run. A timer cannot count more than three of them. */
const LONGEST_RUN_SECONDS = 7 * 86_400;

/** The options that say how a run goes. */
export const runTable = {
  dryRun: {
    flag: '--dry-run',
    variable: false,
    description: 'look at everything, change nothing, and say what would change',
    inLab: 'forwarded',
  },
  timeout: {
    flag: '--timeout <duration>',
    description: 'end the run after this time, such as 90s, 30m or 1h30m',
    argument: durationUpTo(LONGEST_RUN_SECONDS),
    default: 3600,
    defaultText: '1h',
    inLab: 'forwarded',
  },
  waitNodes: {
    flag: '--wait-nodes <duration>',
    description: 'give up waiting for nodes after this time; default: --timeout',
    argument: durationUpTo(LONGEST_RUN_SECONDS),
    inLab: 'forwarded',
  },
} as const satisfies Record<string, UpOptionEntry>;
