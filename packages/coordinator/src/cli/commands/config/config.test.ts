import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-config-'));
  file = join(directory, 'vhive.yaml');
});
afterEach(() => rm(directory, { recursive: true }));

describe('config', () => {
  it('init writes a file that validate takes', async () => {
    const { exitCode, stdout } = await cli(['config', 'init', '--nodes', '4', '--sandbox', 'gvisor']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^# The sandbox that isolates functions\nsandbox: gvisor$/m);
    expect(stdout).toMatch(/^nodes: 4$/m);
    await writeFile(file, stdout);
    const checked = await cli(['config', 'validate', file]);
    expect([checked.exitCode, checked.stdout]).toEqual([
      0,
      expect.stringMatching(/vhive\.yaml is valid: gvisor on 4 nodes, Kubernetes \d/),
    ]);
  });

  it('init refuses what cannot go together, and a file that is there', async () => {
    const reap = await cli(['config', 'init', '--sandbox', 'gvisor', '--snapshots']);
    expect([reap.exitCode, reap.stdout]).toEqual([2, '']);
    const other = await cli(['config', 'init', '--config', file]);
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toContain(`vhive-coord config validate ${file}`);
  });

  it('validate names every problem with its line: exit code 2', async () => {
    await writeFile(file, 'sandbox: docker\nnodes: 0\nnetwrok: {}\n');
    const { exitCode, stderr } = await cli(['config', 'validate', file]);
    expect(exitCode).toBe(2);
    for (const where of [':1', ':2', ':3']) expect(stderr).toContain(`${file}${where}`);
    const json = await cli(['config', 'validate', file, '-o', 'json']);
    expect(json.lines().at(-1)).toMatchObject({ type: 'result', outcome: 'error', code: 'usage', exitCode: 2 });
    const none = await cli(['config', 'validate', join(directory, 'none.yaml')]);
    expect([none.exitCode, none.stderr]).toEqual([
      2,
      expect.stringContaining('hint: write one: vhive-coord config init'),
    ]);
  });
});
