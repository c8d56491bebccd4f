import { expect, it } from 'vitest';
import { createLog } from './create-log.ts';

/** A standard error that keeps what it is given. */
function stderrOf(isTTY: boolean) {
  const said: string[] = [];
  return { said, isTTY, write: (text: string | Uint8Array) => said.push(String(text)) > 0 };
}

it('is for people on a terminal', () => {
  const stderr = stderrOf(true);
  const log = createLog({ logLevel: 'info' }, stderr);
  log.info({ node: 'n1' }, 'a node has come');
  log.child({ part: 'https' }).error({ err: new Error('no space\u001b[2J left') }, 'a request failed');
  expect(stderr.said).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\dZ a node has come \(node n1\)\n$/),
    expect.stringMatching(/^\d\d:\d\d:\d\dZ error: a request failed: no space\\x1b\[2J left\n$/),
  ]);
});

it('is JSON elsewhere, in the dialect of the agents', () => {
  const stderr = stderrOf(false);
  createLog({ logLevel: 'info' }, stderr).warn('the disk is nearly full');
  expect(JSON.parse(stderr.said.join(''))).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    name: 'vhive-coord',
    msg: 'the disk is nearly full',
  });
});

it('gives its lines to whoever started the coordinator for one command', () => {
  const said: string[] = [];
  createLog({ logLevel: 'warn', log: (line) => void said.push(line) }).warn('the disk is nearly full');
  expect(said).toEqual(['the disk is nearly full']);
});
