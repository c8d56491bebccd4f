import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { findTargets } from './find-targets.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(): Promise<number> {
  const server = createServer((socket) => socket.end());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
const { signal } = new AbortController();

it.each(['f.default.127.0.0.1.sslip.io', 'f-0.ns.127.0.0.1.nip.io', '127.0.0.1'])(
  '%s is called at the address that it says, without a name server',
  async (name) => {
    const port = await listening();
    const { targets, warnings } = await findTargets([name], { port }, signal);
    expect(targets).toEqual([{ name, address: '127.0.0.1', port }]);
    expect(warnings).toEqual([]);
  },
);

it('all are called at the gateway that is named', async () => {
  const port = await listening();
  const names = ['f.default.example.org', 'g.default.999.0.0.1.sslip.io'];
  const { targets } = await findTargets(names, { gateway: '127.0.0.1', port }, signal);
  expect(targets.map(({ name, address }) => [name, address])).toEqual(names.map((name) => [name, '127.0.0.1']));
});
