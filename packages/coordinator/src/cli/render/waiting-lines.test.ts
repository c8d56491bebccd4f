import { describe, expect, it } from 'vitest';
import { commandWords } from './command-words.ts';
import { at, BEGIN, nodeOf } from './run-view.fixture.ts';
import { plainStyle } from './style.ts';
import { widthOf } from './text-width.ts';
import {
  adviceTopics,
  longCommands,
  renderWaiting,
  type WaitingModel,
  waitingAdvice,
  waitingSummary,
} from './waiting-lines.ts';

const model: WaitingModel = {
  expected: 4,
  controlPlane: undefined,
  command: 'vhive-agent install --coordinator 10.0.0.1',
  ownCommand: 'vhive-agent install --coordinator 127.0.0.1',
  token: undefined,
  words: commandWords('/srv/vhive', '/var/lib/vhive-coord'),
  agentsComing: false,
  startedAt: BEGIN,
  deadline: new Date(at(1800)),
  nodes: [
    nodeOf('master', { local: true }),
    nodeOf('worker1', { address: '10.0.0.2', status: 'pending', lastSeen: null }),
    nodeOf('worker2', { address: '10.0.0.3', status: 'unreachable' }),
  ],
};

describe('waiting for nodes', () => {
  it('says in one line who has come', () =>
    expect(waitingSummary(model)).toBe(
      'waiting for nodes: 1 of 4 reachable (master); 1 unreachable (worker2); 1 to be approved (worker1)',
    ));

  it('says what to type for each that is missing', () => {
    const advice = waitingAdvice(model);
    expect(advice).toContain('  vhive-coord nodes approve worker1:0123456789abcdef --state-dir /srv/vhive');
    expect(advice).toContain('on the missing host, as root, with a join token (else it waits for approval):');
    expect(advice).toContain('  VHIVE_TOKEN=<token> vhive-agent install --coordinator 10.0.0.1');
    expect(advice).toContain('  vhive-coord token create --state-dir /srv/vhive');
  });

  it('has the token in the command where one was made, in one piece above the picture', () => {
    const token = `${'f'.repeat(64)}.abcdefgh.${'s'.repeat(32)}`;
    const command = `VHIVE_TOKEN=${token} vhive-agent install --coordinator 10.0.0.1`;
    expect(waitingAdvice({ ...model, token })).toContain(`  ${command}`);
    expect(longCommands({ ...model, token }, 80)).toEqual(['on the missing host, as root:', command]);
    expect(longCommands(model, 80)).toEqual([]);
    const canvas = { width: 80, height: 24, now: new Date(at(12)), frame: 0 };
    const lines = renderWaiting({ ...model, token }, canvas, plainStyle);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(80);
    expect(lines.join('\n')).not.toContain(token);
  });

  it('says which host was refused, why, and how it can be let in', () => {
    const applicant = {
      ...{ node: 'worker2', key: 'fedcba9876543210', address: '10.0.0.9', hostname: 'w2', askedAt: at(0) },
      ...{ approvable: true, message: 'the name belongs to a node with another key', hint: 'free the name' },
    };
    expect(waitingAdvice({ ...model, applicants: [applicant] })).toEqual(
      expect.arrayContaining([
        'refused: the host at 10.0.0.9 (w2) asks for the name worker2: the name belongs to a node with another key',
        '  free the name',
        '  to let it in instead: vhive-coord nodes approve worker2:fedcba9876543210 --state-dir /srv/vhive',
      ]),
    );
  });

  it('says that the master itself has no agent', () => {
    const advice = waitingAdvice({ ...model, expected: 1, nodes: [] });
    expect(advice).toEqual([
      'this host is to be the master and needs an agent too; on it, as root:',
      '  vhive-agent install --coordinator 127.0.0.1',
    ]);
  });

  it('has the same topics when only fewer are missing', () => {
    const more = { ...model, expected: 9 };
    expect(waitingAdvice(more)).not.toEqual(waitingAdvice(model));
    expect(adviceTopics(more)).toBe(adviceTopics(model));
    expect(adviceTopics({ ...model, nodes: [] })).not.toBe(adviceTopics(model));
  });

  it('advises nothing when the agents are coming by themselves', () =>
    expect(waitingAdvice({ ...model, agentsComing: true })).toEqual([]));

  it('draws it', async () => {
    const canvas = { width: 80, height: 24, now: new Date(at(12)), frame: 0 };
    await expect(renderWaiting(model, canvas, plainStyle).join('\n')).toMatchFileSnapshot('snapshots/waiting.txt');
  });
});
