import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSamples } from '@vhive/base/load/sample-file';
import { agentActions } from '@vhive/shared';
import { expect, it } from 'vitest';
import { hostOfFunction, SIMULATED_GATEWAY, serveFunction } from '../../simulated/served-function.fixture.ts';
import { createSimulatedHost } from '../../simulated/simulated-host.ts';
import { testContext } from '../kit/context.fixture.ts';
import { loadPrepare } from './load-prepare.ts';
import { loadSend } from './load-send.ts';

it('a simulated host sends a load too, to the gateway that stands for that of its cluster', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-simulated-load-'));
  try {
    const host = await createSimulatedHost({ directory, name: 'worker1', address: '127.0.0.2' });
    await using context = Object.assign(await testContext(), { host });
    await serveFunction(host, 'hello');
    const calls = { endpoints: [hostOfFunction('hello'), 'no.such'], gateway: SIMULATED_GATEWAY, port: 80 };
    const prepare = { ...calls, results: '/var/lib/vhive-load', bytes: 1_000 };
    expect(await loadPrepare.apply(agentActions['load.prepare'].params.parse(prepare), context)).toMatchObject({
      warnings: [],
    });
    const params = agentActions['load.send'].params.parse({
      ...{ ...calls, protocol: 'greeter', connections: 'reuse', path: '/', timeoutMs: 5_000 },
      sending: { from: 'rate', arrivals: 'constant', rps: 40, timeMs: 500, warmUpMs: 0, seed: 0 },
      ...{ share: { generator: 0, generators: 1 }, startAtMs: Date.now() + 4_000 },
      results: '/var/lib/vhive-load/1.jsonl.gz',
    });
    expect(await loadSend.apply(params, context)).toMatchObject({ totals: { planned: 20, ok: 10, errors: 10 } });
    const samples = await Array.fromAsync(readSamples(host.localPath(params.results), 'the file'));
    expect(samples.find(({ endpoint }) => endpoint === 0)?.reply).toBe('(simulated) Hello, faas!');
    expect(samples.find(({ endpoint }) => endpoint === 1)?.error).toContain('(simulated) no function no.such');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
