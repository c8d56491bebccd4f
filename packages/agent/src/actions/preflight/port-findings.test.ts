import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { portFindings } from './port-findings.ts';

/** Makes a machine on which a process of this name listens on port 10250. With undefined the process cannot be seen. */
async function machine(name: string | undefined) {
  const context = await testContext();
  const { host } = context;
  await host.writeFile('/proc/net/tcp', 'header\n 0: 00000000:280A 00000000:0000 0A 0 0 0 0 0 77 1\n', {
    mode: '0444',
  });
  if (name !== undefined) {
    await host.writeFile('/proc/4242/comm', `${name}\n`, { mode: '0444' });
    await host.symlink('socket:[77]', '/proc/4242/fd/3');
  }
  return context;
}

test.each([
  ['nginx', false, 'nginx (process 4242)'],
  ['nginx', true, 'nginx (process 4242)'],
  ['kubelet', false, 'kubelet (process 4242)'],
  ['kubelet', true, undefined],
  [undefined, false, 'cannot be seen'],
  [undefined, true, undefined],
])('%s on a node of which joined is %s', async (name, joined, expected) => {
  await using context = await machine(name);
  const findings = await portFindings(context.host, [10250], joined);
  if (expected === undefined) expect(findings).toEqual([]);
  else
    expect(findings).toMatchObject([
      { check: 'port 10250', level: 'error', message: expect.stringContaining(expected) },
    ]);
});
