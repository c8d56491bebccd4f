import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { VhiveError } from '@vhive/shared';

/** Where a secret is asked for, and where it comes from. */
export interface SecretInput {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream;
}

/**
 * Asks for a secret on a terminal, on which nothing of the answer is shown. Without a terminal the first line of standard
 * input is the answer. Throws `interrupted` on Ctrl-C, and `usage` where there is no line.
 */
export async function askSecret(question: string, { stdin, stderr }: SecretInput): Promise<string> {
  const terminal = stdin.isTTY === true;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: nowhere, terminal });
  if (terminal) stderr.write(question);
  const answer = Promise.withResolvers<string>();
  reader.once('line', answer.resolve);
  reader.once('SIGINT', () =>
    answer.reject(new VhiveError({ code: 'interrupted', message: 'no password or token was given: Ctrl-C' })),
  );
  reader.once('close', () =>
    answer.reject(
      new VhiveError({
        code: 'usage',
        message: 'no password or token was given: there is no line on standard input',
        hint: 'type the command on a terminal, or name a file: --credentials-file FILE',
      }),
    ),
  );
  try {
    return await answer.promise;
  } finally {
    reader.close();
    if (terminal) stderr.write('\n');
  }
}
