import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
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

const bearer = { node: 'w1', publicKey: 'key' };
const credentialOf = (token: string) => token.split('.').slice(1).join('.');

it('makes tokens that verify, and never lists or stores their secret', async () => {
  const { token, view } = await tokens.create({ ttlSeconds: 60, description: 'lab' });
  const { secret, id } = parseJoinToken(token);
  expect(parseJoinToken(token).caFingerprint).toBe(caFingerprint);
  expect(await tokens.verify(`${id}.${secret}`, bearer)).toEqual({ valid: true, id, bound: false });
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
    expect(await tokens.verify(wrong, bearer)).toEqual({ valid: false, reason: 'unknown' });
  await expect
    .poll(() => tokens.verify(credential, bearer), { timeout: 5000 })
    .toEqual({ valid: false, reason: 'expired', id: view.id });
  expect((await tokens.revoke(view.id)).revoked).toBe(true);
  expect(await tokens.verify(credential, bearer)).toEqual({ valid: false, reason: 'revoked', id: view.id });
  await expect(tokens.revoke('nothing')).rejects.toThrow(/no join token "nothing"/);
});

it('a token for one node is good for that node, for the key that comes with it first', async () => {
  const { token, view } = await tokens.create({ ttlSeconds: 60, node: 'w1' });
  expect(view).toMatchObject({ node: 'w1' });
  const verify = (node: string, publicKey: string) => tokens.verify(credentialOf(token), { node, publicKey });
  expect(await verify('w2', 'key')).toEqual({ valid: false, reason: 'other-node', id: view.id, node: 'w1' });
  const both = await Promise.all([verify('w1', 'one'), verify('w1', 'two')]);
  expect(both.filter(({ valid }) => valid)).toEqual([{ valid: true, id: view.id, bound: true }]);
  expect(both.find(({ valid }) => !valid)).toEqual({ valid: false, reason: 'spent', id: view.id });
  const first = both[0]?.valid ? 'one' : 'two';
  expect(await verify('w1', first)).toMatchObject({ valid: true });
});

it.each([
  ['a life too long', { ttlSeconds: 400 * 86_400 }],
  ['no life', { ttlSeconds: 0 }],
  ['a novel for a description', { description: 'x'.repeat(201) }],
  ['what is no name of a node', { node: '../x' }],
])('makes no token with %s, whoever asks', async (_what, request) => {
  await expect(tokens.create(request)).rejects.toMatchObject({ code: 'usage' });
  expect(await tokens.list()).toEqual([]);
});

it('says that the file is damaged, and repeats nothing of it', async () => {
  const { token } = await tokens.create({ ttlSeconds: 60 });
  for (const damaged of ['[{"id":', '[{"secretHash":"abcdef"}]', '{}']) {
    await writeFile(join(stateDir, 'join-tokens.json'), damaged);
    const failure = await tokens.verify(credentialOf(token), bearer).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'internal', hint: expect.stringContaining('new tokens') });
    expect(String(failure)).toMatch(/join-tokens\.json is damaged/);
    expect(String(failure)).not.toContain('abcdef');
  }
});

it('sees at once what another process did', async () => {
  const elsewhere = await openJoinTokens({ stateDir, caFingerprint });
  const { token, view } = await elsewhere.create({ ttlSeconds: 60, description: '' });
  expect(await tokens.verify(credentialOf(token), bearer)).toMatchObject({ valid: true });
  await tokens.revoke(view.id);
  expect(await elsewhere.verify(credentialOf(token), bearer)).toMatchObject({ valid: false, reason: 'revoked' });
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
  expect(await tokens.verify(credentialOf(token), bearer)).toMatchObject({ valid: true });
});

it('makes one operator token, readable by its owner only', async () => {
  const opened = await Promise.all([openOperatorToken(stateDir), openOperatorToken(stateDir)]);
  expect(opened[0]).toMatch(/^[\w-]{43}$/);
  expect(opened[1]).toBe(opened[0]);
  expect(await openOperatorToken(stateDir)).toBe(opened[0]);
  expect((await stat(operatorTokenFile(stateDir))).mode & 0o777).toBe(0o600);
  expect([sameSecret('a', 'a'), sameSecret('a', 'b'), sameSecret('a', '')]).toEqual([true, false, false]);
});
