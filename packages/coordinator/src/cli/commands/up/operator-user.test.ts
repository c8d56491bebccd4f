import { expect, test } from 'vitest';
import { operatorUser } from './operator-user.ts';

test.each([
  [{}, 'root', undefined],
  [{}, 'alice', 'alice'],
  [{ SUDO_USER: 'alice' }, 'root', 'alice'],
  [{ SUDO_USER: 'root' }, 'root', undefined],
  [{ SUDO_USER: '' }, 'bob', 'bob'],
])('%j as %s: %s', (env, current, expected) => {
  expect(operatorUser(env, current)).toBe(expected);
});
