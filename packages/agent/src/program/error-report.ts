import { defined, exitCodeOf, messageOf, VhiveError } from '@vhive/shared';

/** Tells a person, or as JSON a program, what went wrong and what to do next. Returns the exit code. */
export function reportError(error: unknown, { json }: { json: boolean }): number {
  const code = error instanceof VhiveError ? error.code : 'internal';
  const hint = error instanceof VhiveError ? error.hint : undefined;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ time: new Date().toISOString(), type: 'error', code, message: messageOf(error), ...defined({ hint }) })}\n`,
    );
  process.stderr.write(`vhive-agent: ${messageOf(error)}\n`);
  if (hint !== undefined) process.stderr.write(`  ${hint}\n`);
  if (code === 'internal' && error instanceof Error && !(error instanceof VhiveError))
    process.stderr.write(`${error.stack}\n`);
  return exitCodeOf(code);
}
