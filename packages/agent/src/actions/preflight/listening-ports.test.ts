import { createServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { createRealHost } from '../../host/real-host.ts';
import { listeningPorts, parseListening } from './listening-ports.ts';
import { portFindings } from './port-findings.ts';

async function listening(address: string): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, address);
  await new Promise((resolve) => server.once('listening', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return { server, port: bound.port };
}

test('reads the kernel table: only listening sockets', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:192B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0',
    '   1: 0100007F:9C40 0100007F:192B 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1',
  ].join('\n');
  expect([...parseListening(table)]).toEqual([[6443, ['4711']]]);
});

test.each(['127.0.0.1', '::1'])('finds who listens on %s', async (address) => {
  const { server, port } = await listening(address);
  const owners = await listeningPorts(createRealHost(), [port]);
  server.close();
  expect(owners).toEqual([{ port, pid: process.pid, process: expect.any(String) }]);
});

test("the agent's own listeners are no obstacle", async () => {
  const { server, port } = await listening('127.0.0.1');
  const findings = await portFindings(createRealHost(), [port], false);
  server.close();
  expect(findings).toEqual([]);
});
