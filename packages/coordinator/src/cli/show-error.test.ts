import { VhiveError } from '@vhive/shared';
import { expect, it } from 'vitest';
import { CliIo } from './io.ts';
import { showError } from './show-error.ts';

/** Shows an error as the program would that was called so, and returns what was written. */
function shown(error: unknown, typed?: string): string {
  const pieces: string[] = [];
  const stream = { write: (piece: string) => pieces.push(piece) > 0, isTTY: false };
  const env = typed === undefined ? {} : { VHIVE_TYPED: typed };
  showError(error, new CliIo({ env, stdout: stream as never, stderr: stream as never }));
  return pieces.join('');
}

it('says what to type as the program was called', () => {
  const error = new VhiveError({ code: 'usage', message: 'there is no node a', hint: 'see: vhive-coord nodes ls' });
  expect(shown(error)).toContain('hint: see: vhive-coord nodes ls');
  expect(shown(error, 'bin/vhive-coord')).toContain('hint: see: bin/vhive-coord nodes ls');
});
