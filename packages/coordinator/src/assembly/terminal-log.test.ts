import { pino } from 'pino';
import { expect, it } from 'vitest';
import { lineForPeople } from './terminal-log.ts';

it('says what happened and why, without a stack trace', () => {
  const lines: string[] = [];
  const log = pino(
    { base: { name: 'vhive-coord' } },
    { write: (line: string) => void lines.push(lineForPeople(line)) },
  );
  log.warn({ err: new Error('timeout'), node: 'n1' }, 'a message could not be processed');
  log.error('the disk is full');
  log.fatal({ reason: 'another leads' }, 'this coordinator steps down');
  log.error({ err: new Error('no message of its own') });
  expect(lines).toEqual([
    'a message could not be processed: timeout (node n1)',
    'the disk is full',
    'this coordinator steps down: another leads',
    'no message of its own',
  ]);
});
