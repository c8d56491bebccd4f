import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { command } from './command.ts';
import { testContext } from './kit/context.fixture.ts';

test('runs until its guard holds, and gives its output', async () => {
  await using context = await testContext({ searchPath: '/usr/bin:/bin' });
  const path = `${context.root}/made`;
  const params = agentActions.command.params.parse({
    argv: ['sh', '-c', `echo "$WORD"; touch ${path}`],
    guard: { type: 'succeeds', argv: ['test', '-e', path] },
    environment: { WORD: 'hello' },
  });
  expect(await command.check(params, context)).toMatchObject({ converged: false });
  const applied = await command.apply(params, context);
  expect(await command.check(params, context, applied)).toEqual({ converged: true, outputs: { stdout: 'hello' } });
  const prints = agentActions.command.params.parse({
    ...params,
    guard: { type: 'prints', argv: ['ls', path], text: 'made' },
  });
  expect(await command.check(prints, context)).toMatchObject({ converged: true });
});

test('a failure carries the last lines', async () => {
  await using context = await testContext({ searchPath: '/usr/bin:/bin' });
  const params = agentActions.command.params.parse({
    argv: ['sh', '-c', 'echo why >&2; exit 4'],
    guard: { type: 'exists', path: '/none' },
  });
  await expect(command.apply(params, context)).rejects.toMatchObject({
    failure: { message: expect.stringContaining('exit status 4 (why)'), lastLines: ['why'] },
  });
});
