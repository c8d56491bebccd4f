import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createCurve } from '@nats-io/nkeys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askSecret } from './ask-secret.ts';
import { credentialsFor } from './credentials.ts';
import { sealFor } from './seal.ts';

const TOKEN = 'a:token with spaces';
const base64 = Buffer.from(`me:${TOKEN}`).toString('base64');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-credentials-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Standard input and error, of which the first is a terminal or has a text. */
function input(text: string, isTTY = false) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = new PassThrough();
  let said = '';
  stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  if (text === '') stdin.end();
  else stdin.write(text);
  return { stdin, stderr, said: () => said };
}

async function fileWith(text: string, mode = 0o600): Promise<string> {
  const file = join(directory, 'credentials');
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

const inFile = async (text: string, registry = 'ghcr.io', mode?: number) =>
  await credentialsFor(registry, { credentialsFile: await fileWith(text, mode) }, input(''));

describe('a file', () => {
  it.each([
    ['a line', `me:${TOKEN}\n`, 'ghcr.io'],
    ["docker's config.json", JSON.stringify({ auths: { 'ghcr.io': { auth: base64 }, other: {} } }), 'ghcr.io'],
    ['with an address as key', JSON.stringify({ auths: { 'https://ghcr.io/v2/': { auth: base64 } } }), 'ghcr.io'],
    ['of Docker Hub', JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth: base64 } } }), 'docker.io'],
  ])('has credentials: %s', async (_title, text, registry) => {
    expect(await inFile(text, registry)).toEqual({ user: 'me', secret: TOKEN });
  });

  it.each([
    ['no token', 'me\n', 'has neither <user>:<token> in one line'],
    ['two lines', 'me:a\nyou:b\n', 'has neither <user>:<token> in one line'],
    ['nothing', '', 'has neither <user>:<token> in one line'],
    ['a control character', 'me:a\u001b[2J', 'control characters'],
    ['too long a token', `me:${'a'.repeat(5_000)}`, 'more than 4000 characters'],
    ['broken JSON', '{"auths":', "is not docker's config.json"],
    [
      'another registry',
      JSON.stringify({ auths: { 'quay.io': { auth: base64 } } }),
      'no credentials for ghcr.io, but for quay.io',
    ],
    ['a helper', JSON.stringify({ auths: { 'ghcr.io': {} }, credsStore: 'desktop' }), 'keeps its passwords elsewhere'],
  ])('is refused: %s', async (_title, text, message) => {
    const refused = await inFile(text).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
    expect(JSON.stringify(refused) + String(refused)).not.toContain('aaaa');
  });

  it.each([0o644, 0o640, 0o604, 0o660])('that others can read is refused, mode %o', async (mode) => {
    await expect(inFile(`me:${TOKEN}`, 'ghcr.io', mode)).rejects.toMatchObject({
      message: expect.stringContaining(`others can read it (mode 0${mode.toString(8)})`),
      hint: expect.stringContaining('chmod 600'),
    });
  });

  it('that is not there, or is a folder, is refused', async () => {
    for (const [credentialsFile, message] of [
      [join(directory, 'missing'), 'cannot be read: ENOENT'],
      [directory, 'is not a file'],
    ] as const)
      await expect(credentialsFor('ghcr.io', { credentialsFile }, input(''))).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(message),
      });
  });
});

describe('a user', () => {
  it('is asked on a terminal, where nothing of the answer is shown', async () => {
    const terminal = input(`${TOKEN}\r`, true);
    expect(await credentialsFor('ghcr.io', { user: 'me' }, terminal)).toEqual({ user: 'me', secret: TOKEN });
    expect(terminal.said()).toBe('Password or token of me at ghcr.io: \n');
  });

  it('gives the token by standard input where there is no terminal', async () => {
    const pipe = input(`${TOKEN}\nmore\n`);
    expect(await credentialsFor('ghcr.io', { user: 'me' }, pipe)).toEqual({ user: 'me', secret: TOKEN });
    expect(pipe.said()).toBe('');
    await expect(askSecret('?', input(''))).rejects.toMatchObject({ code: 'usage' });
  });

  it('who leaves at the prompt has stopped the command', async () => {
    await expect(askSecret('?', input('to\u0003', true))).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('does not write the token behind the name, and need not be named', async () => {
    await expect(credentialsFor('ghcr.io', { user: 'me:token' }, input('x\n'))).rejects.toMatchObject({
      message: expect.not.stringContaining('token:'),
      code: 'usage',
    });
    expect(await credentialsFor('ghcr.io', {}, input(''))).toBeUndefined();
  });
});

it('what is sealed for a node, that node alone can open', () => {
  const [node, other] = [createCurve(), createCurve()];
  const { sealed, from } = sealFor({ sealingKey: node.getPublicKey() }, { user: 'me', secret: TOKEN });
  const box = Buffer.from(sealed, 'base64');
  expect(Buffer.from(node.open(box, from) ?? '').toString()).toBe(`me:${TOKEN}`);
  expect(() => other.open(box, from) ?? expect.unreachable()).toThrow();
});
