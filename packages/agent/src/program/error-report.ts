import { systemFailure } from '@vhive/base/system-failure';
import {
  defined,
  exitCodeOf,
  messageOf,
  printableJson,
  printableLines,
  terminalEntry,
  VhiveError,
} from '@vhive/shared';

/** Tells a person, or as JSON a program, what went wrong and what to do next. Returns the exit code. */
export function reportError(cause: unknown, { json }: { json: boolean }): number {
  const error = cause instanceof VhiveError ? cause : (systemFailure(cause) ?? cause);
  const code = error instanceof VhiveError ? error.code : 'internal';
  const hint = error instanceof VhiveError ? error.hint : undefined;
  if (json)
    process.stdout.write(
      `${printableJson(JSON.stringify({ time: new Date().toISOString(), type: 'error', code, message: messageOf(error), ...defined({ hint }) }))}\n`,
    );
  const say = (mark: string, text: string) =>
    process.stderr.write(`${terminalEntry(`${mark} ${printableLines(text)}`)}\n`);
  say('error:', messageOf(error));
  if (hint !== undefined) say('hint:', hint);
  if (code === 'internal' && error instanceof Error && !(error instanceof VhiveError))
    process.stderr.write(`${error.stack}\n`);
  return exitCodeOf(code);
}
