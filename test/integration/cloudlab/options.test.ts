import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { CloudlabNode } from '../../support/cloudlab-node.ts';
import { experimentKey } from '../../support/experiment-key.ts';

const bin = join(import.meta.dirname, '../../../bin');
const options = '--sandbox stock-only --stargz --vhive-repo someone/vHive --vhive-ref main'.split(' ');

it('calls vhive-coord and vhive-agent with options that they know', async () => {
  const [first, second] = await Promise.all(
    ['node-0', 'node-1'].map((name) => CloudlabNode.create(name, experimentKey)),
  );
  if (!first || !second) throw new Error('two nodes were made');
  const { calls } = await first.start('master', 'grow', '2', ...options);
  await second.write('on-ssh', `cat ${first.directory}/root/var/lib/vhive-join/token\n`);
  calls.push(...(await second.start('worker', 'grow')).calls);
  const commands = calls.filter((call) => call.startsWith('vhive-'));
  expect(commands.map((command) => command.split(' ').slice(0, 2).join(' '))).toEqual([
    'vhive-coord token',
    'vhive-coord up',
    'vhive-agent install',
  ]);
  for (const command of commands) {
    // An unknown option is an error also beside --help, and so is a word too many.
    const [program = '', ...args] = command.split(' ');
    await execa(join(bin, program), [...args, '--help']);
  }
});
