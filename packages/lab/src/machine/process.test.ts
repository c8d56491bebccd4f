import { once } from 'node:events';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { isRunning, leaderOf, sendSignal, startTimeOf, waitUntil } from './process.ts';

describe('a process that was written down', () => {
  it('is known while it runs and not after', async () => {
    const child = execa('cat', { reject: false });
    const pid = child.pid as number;
    const identity = { pid, startTime: startTimeOf(pid) as number };
    expect(isRunning(identity)).toBe(true);
    sendSignal(identity, 'SIGTERM');
    expect((await child).signal).toBe('SIGTERM');
    expect(isRunning(identity)).toBe(false);
  });

  it('is not mistaken for another with its number', () => {
    const other = { pid: process.pid, startTime: (startTimeOf(process.pid) as number) - 1 };
    expect(isRunning(other)).toBe(false);
    sendSignal(other, 'SIGKILL'); // would end this test
    expect(leaderOf(other)).toBeUndefined();
  });

  it('reads names with spaces and parentheses', async () => {
    const child = execa('bash', ['-c', 'printf "a) R (b" > /proc/self/comm; echo named; read']);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    expect(startTimeOf(child.pid as number)).toBeGreaterThanOrEqual(startTimeOf(process.pid) as number);
    child.stdin?.end('\n');
    await child;
  });

  it('has no leader when it has no container', () => {
    expect(leaderOf({ pid: process.pid, startTime: startTimeOf(process.pid) as number })).toBeUndefined();
  });
});

describe('waitUntil', () => {
  it('gives the first value', async () => {
    let calls = 0;
    expect(await waitUntil(() => (++calls < 3 ? undefined : calls), 1_000)).toBe(3);
  });

  it('gives up', async () => {
    expect(await waitUntil(() => false, 30)).toBeUndefined();
  });
});
