import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { credentialsFindings } from './credentials-findings.ts';

const path = '/root/credentials.json';

async function findings(text: string | undefined, registries = ['ghcr.io']) {
  await using context = await testContext();
  if (text !== undefined) await context.host.writeFile(path, text, { mode: '0600' });
  return await credentialsFindings(context.host, { path, registries });
}

const entry = { username: 'me', password: 'hunter2-hunter2' };

test('credentials as vHive takes them are fine, and none are looked for where none are given', async () => {
  expect(await findings(JSON.stringify({ 'docker-credentials': { 'ghcr.io': entry } }))).toEqual([]);
  await using context = await testContext();
  expect(await credentialsFindings(context.host, null)).toEqual([]);
});

test.each([
  ['Docker’s own config.json', JSON.stringify({ auths: { 'ghcr.io': { auth: 'aHVudGVyMg==' } } })],
  ['no JSON', 'ghcr.io me hunter2-hunter2'],
  ['an entry without a password', JSON.stringify({ 'docker-credentials': { 'ghcr.io': { username: 'me' } } })],
])('%s is refused, and nothing of it is said', async (_, text) => {
  const [finding] = await findings(text);
  expect(finding).toMatchObject({ level: 'error', message: expect.stringContaining('is not what vHive takes') });
  expect(JSON.stringify(finding)).not.toMatch(/hunter2|aHVudGVyMg/);
});

test('a file that is not there is refused', async () => {
  expect(await findings(undefined)).toMatchObject([{ level: 'error', message: `${path} is not there` }]);
});

test('a registry without an entry is warned of', async () => {
  const text = JSON.stringify({ 'docker-credentials': { 'docker.io': entry } });
  expect(await findings(text)).toMatchObject([{ level: 'warning', message: expect.stringContaining('ghcr.io') }]);
});

test('whatever JSON it is, it is either taken or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), async (text) => {
      const found = await findings(text, []);
      expect(found.every(({ level }) => level === 'error')).toBe(true);
    }),
    { numRuns: 30, seed: 9 },
  );
});
