import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { ActionError } from '../kit/action.ts';
import { testContext } from '../kit/context.fixture.ts';
import { file } from './file.ts';

const params = (input: object) => agentActions.file.params.parse(input);

test('content, mode and absence converge in one go', async () => {
  await using context = await testContext();
  const wanted = params({ state: 'present', path: '/etc/a/b.conf', content: 'one\ntwo\n', mode: '0640' });
  expect(await file.check(wanted, context)).toMatchObject({ converged: false });
  await file.apply(wanted, context);
  expect(await file.check(wanted, context)).toEqual({ converged: true, outputs: {} });

  const changed = params({ ...wanted, content: 'one\n2\n', mode: '0600' });
  expect(await file.check(changed, context)).toEqual({
    converged: false,
    changes: ['/etc/a/b.conf: line 2 "two" becomes "2"', '/etc/a/b.conf: mode 0640 becomes 0600'],
  });

  const gone = params({ state: 'absent', path: '/etc/a' });
  await file.apply(gone, context);
  expect(await file.check(gone, context)).toEqual({ converged: true, outputs: {} });
});

test('a secret is never shown', async () => {
  await using context = await testContext();
  const secret = params({ state: 'present', path: '/k', content: 'hunter2', mode: '0600', secret: true });
  await context.host.writeFile('/k', 'older', { mode: '0600' });
  expect(JSON.stringify(await file.check(secret, context))).not.toMatch(/hunter2|older/);
});

test('a directory in the place of a file is refused for good', async () => {
  await using context = await testContext();
  await context.host.makeDirectory('/x');
  const error = await file.check(params({ state: 'present', path: '/x', content: '' }), context).catch((e) => e);
  expect(error).toBeInstanceOf(ActionError);
  expect(error.failure).toMatchObject({ permanent: true });
});
