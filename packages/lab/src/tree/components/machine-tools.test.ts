import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { checkMachineTools } from './machine-tools.ts';
import { components } from './table.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-tools-'));
  vi.stubEnv('PATH', directory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

const tool = (name: string, output: string) =>
  writeFile(join(directory, name), `#!/bin/sh\necho ${output}\n`, { mode: 0o755 });

it('names what is missing, whom it is for and what to install', async () => {
  await expect(checkMachineTools([components.pause, components.runc])).rejects.toMatchObject({
    code: 'preflight',
    message: expect.stringMatching(/C compiler, which pause and runc need/),
    hint: expect.stringContaining('gcc'),
  });
  await tool('gcc', 'libc.a');
  await expect(checkMachineTools([components.pause])).rejects.toThrow('static C library');
  await expect(checkMachineTools([components.envoy])).rejects.toMatchObject({ hint: 'apt-get install python3-pip' });
});

it('asks for nothing that the components do not need', async () => {
  await checkMachineTools([components.kubernetes]);
  await tool('gcc', '/usr/lib/libc.a');
  await tool('python3', 'pip');
  await checkMachineTools([components.pause, components.envoy]);
});
