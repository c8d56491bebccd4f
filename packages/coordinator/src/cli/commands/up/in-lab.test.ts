import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';

it('hands the same wishes to the up on the first host, and ends with its exit code', async () => {
  const calls: unknown[] = [];
  const words = [
    'up',
    '--lab',
    '3',
    '--stack',
    'serving',
    '--network',
    'bridge',
    '--skip',
    'system',
    '--timeout',
    '30m',
    '--mirror',
    tmpdir(),
    '--dry-run',
    '--output',
    'json',
    ...['--cluster', 'foo', '--lan', '10.9.0.0/24', '--trust-network', '10.9.0.0/24', '--log-level', 'debug'],
  ];
  const { exitCode, stdout } = await cli(words, {
    async upInLab({ say: _, ...input }) {
      calls.push(input);
      return 4;
    },
  });
  expect(exitCode).toBe(4);
  expect(stdout).toBe(''); // the result line is printed by the `up` inside the lab
  expect(calls).toEqual([
    {
      hosts: 3,
      stack: 'serving',
      mirror: tmpdir(),
      upArguments: [
        ...['--nodes', '3', '--network', 'bridge', '--skip', 'system', '--dry-run', '--timeout', '1800s'],
        ...['--output', 'json', '--cluster', 'foo', '--lan', '10.9.0.0/24'],
        ...['--trust-network', '10.9.0.0/24', '--log-level', 'debug'],
      ],
      upVariables: {},
    },
  ]);
});

it('refuses more nodes than hosts before anything is made', async () => {
  const { exitCode, stderr } = await cli(['up', '--lab', '2', '--nodes', '3']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('3 nodes cannot be had from 2 hosts');
});

it('refuses what speaks of this machine before anything is made', async () => {
  const { exitCode, stderr } = await cli(['up', '--lab', '2', '--https-port', '7000']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--https-port cannot be used with --lab: agents of a lab look for the coordinator at');
});

it('refuses to choose what a lab is for where none is made', async () => {
  const { exitCode, stderr } = await cli(['up', '--nodes', '2', '--stack', 'serving']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--stack says what a lab is made for, and there is no --lab');
});

it('an up on the first host that was killed: says so, with a result line and an exit code of its own', async () => {
  const { exitCode, stderr, lines } = await cli(['up', '--lab', '2', '--output', 'json'], {
    upInLab: async () => undefined,
  });
  expect(exitCode).toBe(6);
  expect(stderr).toContain('vhive-coord on the first host of the lab was killed');
  expect(lines().at(-1)).toMatchObject({ type: 'result', exitCode: 6, code: 'unreachable' });
});
