import { commanderMessage } from '@vhive/base/command-line/unknown-words';
import { systemFailure } from '@vhive/base/system-failure';
import { exitCodeOf, messageOf, printableLines, VhiveError } from '@vhive/shared';
import { CommanderError } from 'commander';
import type { CliIo } from './io.ts';
import { wrapped } from './render/text-width.ts';

/**
 * Shows anything that was thrown: what happened, where and why, then a hint. It also becomes the command's result. Where
 * nobody reads the output any more, nothing is shown.
 */
export function showError(cause: unknown, io: CliIo): void {
  const error = asVhiveError(cause);
  io.fail({ code: error.code, message: error.message, hint: error.hint, exitCode: exitCodeOf(error.code) });
  if (io.readerIsGone) return;
  for (const line of errorLines(error, io)) io.note(line);
  if (error.code === 'internal' && cause instanceof Error && io.env.VHIVE_DEBUG) io.note(String(cause.stack));
}

/** Writes an error for the terminal's width. Commands in a hint, which are indented there, are not broken. */
function errorLines({ code, message, hint }: VhiveError, { stderr, style, words }: CliIo): string[] {
  const width = stderr.isTTY ? (stderr.columns ?? 80) : Number.POSITIVE_INFINITY;
  const [first = '', ...others] = printableLines(words.inText(hint ?? '')).split('\n');
  return [
    ...wrapped(
      `${style.bad(code === 'interrupted' ? 'interrupted:' : 'error:')} ${printableLines(message)}`,
      width,
      '  ',
    ),
    ...(hint === undefined ? [] : wrapped(`${style.bold('hint:')} ${first}`, width, '  ')),
    ...others.flatMap((line) => (line.startsWith('  ') ? [`  ${line}`] : wrapped(`  ${line}`, width, '  '))),
  ];
}

function asVhiveError(cause: unknown): VhiveError {
  if (cause instanceof VhiveError) return cause;
  // What failed first is the reason; the clean-up that failed after it is not.
  if (cause instanceof SuppressedError) return asVhiveError(cause.suppressed);
  const known = systemFailure(cause);
  if (known !== undefined) return known;
  if (cause instanceof CommanderError)
    return new VhiveError({
      code: 'usage',
      message: commanderMessage(cause),
      hint: 'see what it takes: vhive-coord --help, or vhive-coord <command> --help',
    });
  return new VhiveError({
    code: 'internal',
    message: `this should not have happened: ${messageOf(cause)}`,
    hint: 'with VHIVE_DEBUG=1 the same command shows where; please report it with that output',
    cause,
  });
}
