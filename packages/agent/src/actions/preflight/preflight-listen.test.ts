import { createServer } from 'node:net';
import { freePort } from '@vhive/base/free-port.fixture';
import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { preflightListen } from './preflight-listen.ts';
import { preflightReach } from './preflight-reach.ts';

test('opened ports are reached, replaced ones are closed, and each failing pair is named', async () => {
  await using context = await testContext();
  const [first, second] = [await freePort(), await freePort()];
  const listen = (ports: number[]) => preflightListen.check({ address: '127.0.0.1', ports, seconds: 60 }, context);
  const reach = (ports: number[]) =>
    preflightReach.check({ targets: [{ node: 'cp1', address: '127.0.0.1', ports }], timeoutMs: 2_000 }, context);

  expect(await listen([first, second])).toEqual({ converged: true, outputs: { opened: [first, second] } });
  expect(await reach([first, second])).toEqual({ converged: true, outputs: { reached: 2 } });
  await listen([second]);
  await expect(reach([first, second])).rejects.toThrow(`cp1 127.0.0.1:${first}: refused`);
  await listen([]);
  await expect(reach([second])).rejects.toMatchObject({ failure: { code: 'preflight' } });
});

test('opened again, a port stays open all the time', async () => {
  await using context = await testContext();
  const port = await freePort();
  const opened: number[] = [];
  const host = {
    ...context.host,
    listen: (address: string, wanted: number) => {
      opened.push(wanted);
      return context.host.listen(address, wanted);
    },
  };
  const listen = (ports: number[]) =>
    preflightListen.check({ address: '127.0.0.1', ports, seconds: 60 }, { ...context, host });
  await listen([port]);
  expect(await listen([port])).toEqual({ converged: true, outputs: { opened: [port] } });
  expect(opened).toEqual([port]);
  await listen([]);
});

test('a port in use is left alone', async () => {
  await using context = await testContext();
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  expect(await preflightListen.check({ address: '127.0.0.1', ports: [port], seconds: 1 }, context)).toEqual({
    converged: true,
    outputs: { opened: [] },
  });
  server.close();
});
