import { expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';

it('hands the same wishes to the up on the first host, and ends with its exit code', async () => {
  const calls: unknown[] = [];
  const words = [
    'up',
    '--lab',
    '3',
    '--network',
    'bridge',
    '--skip',
    'system',
    '--timeout',
    '30m',
    '--mirror',
    '/srv/m',
    '--dry-run',
    '--output',
    'json',
  ];
  const { exitCode, stdout } = await cli(words, {
    async upInLab({ say: _, ...input }) {
      calls.push(input);
      return 4;
    },
  });
  expect(exitCode).toBe(4);
  expect(stdout).toBe(''); // the result line is the inner one's
  expect(calls).toEqual([
    {
      hosts: 3,
      upArguments: [
        ...['--nodes', '3', '--network', 'bridge', '--skip', 'system', '--timeout', '1800s'],
        ...['--mirror', '/srv/m', '--output', 'json', '--dry-run'],
      ],
    },
  ]);
});

it('refuses more nodes than hosts before anything is made', async () => {
  const { exitCode, stderr } = await cli(['up', '--lab', '2', '--nodes', '3']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('3 nodes cannot be had from 2 hosts');
});
