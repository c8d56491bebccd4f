import { expect, test } from 'vitest';
import { commandFailed } from './failures.ts';

test('the failure of a command tells its exit status and carries its last lines', () => {
  const result = { exitCode: 4, stdout: 'so far\n', stderr: 'why\n' };
  expect(commandFailed('apt-get update', result).failure).toMatchObject({
    message: 'apt-get update: exit status 4 (why)',
    lastLines: ['why'],
  });
});

test('a command that is not installed is named as such', () => {
  const result = { exitCode: 127, stdout: '', stderr: '' };
  expect(commandFailed('helm template', result).failure.message).toBe(
    'helm template: there is no such program on this host',
  );
});
