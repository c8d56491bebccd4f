import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSION } from '@vhive/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'vhive-version-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

it('tells versions to people and to scripts, also where no coordinator runs', async () => {
  const text = await cli(['version', '--state-dir', stateDir]);
  expect(text.exitCode).toBe(0);
  expect(text.stdout).toMatch(`vhive-coord ${VERSION} (Node.js ${process.version}, `);
  expect(text.stdout).toContain('no coordinator runs here');
  expect(text.stdout).toMatch(/^ {2}kubernetes 1\.\d+\.\d+$/m);
  const { lines } = await cli(['version', '--state-dir', stateDir, '-o', 'json']);
  expect(lines()[0]).toMatchObject({
    ...{ type: 'version', version: VERSION, node: process.version, coordinator: null },
    components: { containerd: expect.stringMatching(/^\d/), kubernetes: expect.stringMatching(/^1\./) },
  });
});
