import { describe, expect, it } from 'vitest';
import { at, BEGIN, nodeOf } from './run-view.fixture.ts';
import { plainStyle } from './style.ts';
import { adviceTopics, renderWaiting, type WaitingModel, waitingAdvice, waitingSummary } from './waiting-lines.ts';

const model: WaitingModel = {
  expected: 4,
  controlPlane: undefined,
  command: 'vhive-agent --coordinator 10.0.0.1',
  ownCommand: 'vhive-agent --coordinator 127.0.0.1',
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
    expect(advice).toContain('  vhive-coord nodes approve worker1');
    expect(advice).toContain('on the missing host, as root:');
    expect(advice).toContain('  vhive-agent --coordinator 10.0.0.1');
  });

  it('says that the master itself has no agent', () => {
    const advice = waitingAdvice({ ...model, expected: 1, nodes: [] });
    expect(advice).toEqual([
      'this host is to be the master and needs an agent too; on it, as root:',
      '  vhive-agent --coordinator 127.0.0.1',
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
