import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseJoinToken } from '@vhive/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type JoinTokens, openJoinTokens } from './join-tokens.ts';
import { openOperatorToken, operatorTokenFile, sameSecret } from './operator-token.ts';

const caFingerprint = 'ab'.repeat(32);
let stateDir: string;
let tokens: JoinTokens;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'vhive-tokens-'));
  tokens = await openJoinTokens({ stateDir, caFingerprint });
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const credentialOf = (token: string) => token.split('.').slice(1).join('.');

it('makes tokens that verify, and never lists or stores their secret', async () => {
  const { token, view } = await tokens.create({ ttlSeconds: 60, description: 'lab' });
  const { secret, id } = parseJoinToken(token);
  expect(parseJoinToken(token).caFingerprint).toBe(caFingerprint);
  expect(await tokens.verify(`${id}.${secret}`)).toEqual({ valid: true, id });
  expect(await tokens.list()).toEqual([view]);
  expect(view).toMatchObject({ id, description: 'lab', revoked: false, uses: 0 });
  const file = join(stateDir, 'join-tokens.json');
  expect(await readFile(file, 'utf8')).not.toContain(secret);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('tells unknown, revoked and expired apart, the last two only to who knows the secret', async () => {
  const { token, view } = await tokens.create({ ttlSeconds: 1, description: '' });
  const credential = credentialOf(token);
  for (const wrong of [
    '',
    view.id,
    `${view.id}.`,
    `${credential}x`,
    `${credential}.x`,
    `zzzzzzzz.${credential.split('.')[1]}`,
  ])
    expect(await tokens.verify(wrong)).toEqual({ valid: false, reason: 'unknown' });
  await expect
    .poll(() => tokens.verify(credential), { timeout: 5000 })
    .toEqual({ valid: false, reason: 'expired', id: view.id });
  expect((await tokens.revoke(view.id)).revoked).toBe(true);
  expect(await tokens.verify(credential)).toEqual({ valid: false, reason: 'revoked', id: view.id });
  await expect(tokens.revoke('nothing')).rejects.toThrow(/no join token "nothing"/);
});

it('sees at once what another process did', async () => {
  const elsewhere = await openJoinTokens({ stateDir, caFingerprint });
  const { token, view } = await elsewhere.create({ ttlSeconds: 60, description: '' });
  expect(await tokens.verify(credentialOf(token))).toMatchObject({ valid: true });
  await tokens.revoke(view.id);
  expect(await elsewhere.verify(credentialOf(token))).toMatchObject({ valid: false, reason: 'revoked' });
});

it('loses nothing when processes write at the same time', async () => {
  const { token, view } = await tokens.create({ ttlSeconds: 60, description: '' });
  const script = `
    import { openJoinTokens } from ${JSON.stringify(join(import.meta.dirname, 'join-tokens.ts'))};
    const tokens = await openJoinTokens({ stateDir: process.argv.at(-1), caFingerprint: '${caFingerprint}' });
    for (let i = 0; i < 5; i++) await tokens.create({ ttlSeconds: 60, description: 'concurrent' });`;
  const other = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script, '--', stateDir]);
  for (let i = 0; i < 200; i++) tokens.countUse(view.id);
  await Promise.all([
    other(),
    other(),
    ...Array.from({ length: 5 }, () => tokens.create({ ttlSeconds: 60, description: '' })),
  ]);
  await tokens.flush();
  const listed = await tokens.list();
  expect(listed).toHaveLength(16);
  expect(listed.find(({ id }) => id === view.id)?.uses).toBe(200);
  expect(await tokens.verify(credentialOf(token))).toMatchObject({ valid: true });
});

it('makes one operator token, readable by its owner only', async () => {
  const opened = await Promise.all([openOperatorToken(stateDir), openOperatorToken(stateDir)]);
  expect(opened[0]).toMatch(/^[\w-]{43}$/);
  expect(opened[1]).toBe(opened[0]);
  expect(await openOperatorToken(stateDir)).toBe(opened[0]);
  expect((await stat(operatorTokenFile(stateDir))).mode & 0o777).toBe(0o600);
  expect([sameSecret('a', 'a'), sameSecret('a', 'b'), sameSecret('a', '')]).toEqual([true, false, false]);
});
