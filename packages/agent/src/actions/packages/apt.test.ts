import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRealHost } from '../../host/real-host.ts';
import { testContext } from '../kit/context.fixture.ts';
import { aptPackages } from './apt-packages.ts';
import { dpkgStates } from './dpkg-states.ts';
import { lockHolder } from './lock.ts';
import { packagesWithoutCandidate } from './package-index.ts';

const signal = AbortSignal.timeout(30_000);

test('what dpkg says about real packages', async () => {
  const states = await dpkgStates(createRealHost(), ['dpkg', 'libc6', 'vhive-no-such-package'], signal);
  expect(Object.fromEntries(states)).toEqual({ dpkg: 'installed', libc6: 'installed' });
});

test('a check names what is missing and changes nothing', async () => {
  await using context = await testContext({ host: () => ({ run: createRealHost().run }) });
  expect(
    await aptPackages.check({ packages: ['dpkg', 'vhive-no-such-package'], lockTimeoutSeconds: 1 }, context),
  ).toEqual({
    converged: false,
    changes: ['package vhive-no-such-package: is installed'],
  });
  expect(await packagesWithoutCandidate(context, ['dpkg', 'vhive-no-such-package'])).toEqual(['vhive-no-such-package']);
});

test('who holds the lock', () => {
  const stdout =
    'Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (unattended-upgr)...';
  const stderr =
    'E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?';
  expect(lockHolder({ stdout, stderr })).toBe('/var/lib/dpkg/lock-frontend, held by process 4711 (unattended-upgr)');
  expect(lockHolder({ stdout, stderr: 'E: Unable to locate package x' })).toBeUndefined();
});

/**
 * Makes programs of apt with directories of their own: one source that has a package, one that has nothing. What is to
 * be installed is only named.
 */
async function withSources(root: string, sources: string[]) {
  const own = (name: string) => join(root, 'apt', name);
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'good', 'bin'])
    await mkdir(own(name), { recursive: true });
  const entry = ['Package: vhive-example', 'Version: 1.0', 'Architecture: all', 'Maintainer: nobody <n@example.org>'];
  const place = ['Filename: ./x.deb', 'Size: 1', `SHA256: ${'0'.repeat(64)}`, 'Description: nothing'];
  await writeFile(own('good/Packages'), `${[...entry, ...place].join('\n')}\n`);
  await writeFile(own('status'), '');
  await writeFile(own('sources.list'), sources.map((line) => `${line.replace('ROOT', root)}\n`).join(''));
  const settings = [
    ['Dir::Etc::sourcelist', own('sources.list')],
    ['Dir::Etc::sourceparts', '-'],
    ['Dir::State', own('state')],
    ['Dir::State::status', own('status')],
    ['Dir::Cache', own('cache')],
    ['APT::Sandbox::User', 'root'],
  ].map(([key, value]) => `-o ${key}=${value}`);
  for (const [name, more] of [
    ['apt-get', 'case "$*" in *install*) set -- -s "$@";; esac\n'],
    ['apt-cache', ''],
  ]) {
    await writeFile(own(`bin/${name}`), `#!/bin/sh\n${more}exec /usr/bin/${name} ${settings.join(' ')} "$@"\n`);
    await chmod(own(`bin/${name}`), 0o755);
  }
  return `${own('bin')}:/usr/sbin:/usr/bin:/sbin:/bin`;
}

const dead = 'deb [trusted=yes] file:ROOT/none xenial main';

test('a dead source is told, and what the others have is installed', async () => {
  await using context = await testContext();
  const searchPath = await withSources(context.root, ['deb [trusted=yes] file:ROOT/apt/good ./', dead]);
  const { run } = createRealHost({ searchPath });
  Object.assign(context.host, { run });
  const params = { packages: ['vhive-example'], lockTimeoutSeconds: 1 };
  expect(await aptPackages.apply(params, context)).toEqual({
    findings: [
      expect.objectContaining({ check: 'apt sources', level: 'warning', message: expect.stringContaining('/none') }),
    ],
  });
  expect(context.logged.join('\n')).toMatch(/Inst vhive-example/);
});

test('where the only source with a package is dead, the failure names it', async () => {
  await using context = await testContext();
  Object.assign(context.host, { run: createRealHost({ searchPath: await withSources(context.root, [dead]) }).run });
  await expect(
    aptPackages.apply({ packages: ['vhive-example'], lockTimeoutSeconds: 1 }, context),
  ).rejects.toMatchObject({ failure: { permanent: true, message: expect.stringMatching(/vhive-example.*\/none/) } });
});
