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
