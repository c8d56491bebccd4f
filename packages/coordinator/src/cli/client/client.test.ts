import { type LogLine, type StreamMessage, VhiveError } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeOf } from '../render/run-view.fixture.ts';
import { type ApiServer, startApiServer } from './api-server.fixture.ts';
import { type ApiClient, createClient } from './client.ts';

const at = '2026-03-01T10:00:00.000Z';
const never = new AbortController().signal;

function logOf(index: number): LogLine {
  const base = { at, runId: 'run-20260301-abcd', phase: 'system', stepId: 'system/n1', attemptId: 'a' };
  return { ...base, node: 'n1', taskId: 't', stream: 'stdout', text: `line ${index}` };
}

async function* many(count: number): AsyncGenerator<LogLine> {
  for (let index = 0; index < count; index++) yield logOf(index);
}

let server: ApiServer;
let client: ApiClient;
const asked: unknown[] = [];

beforeEach(async () => {
  asked.length = 0;
  server = await startApiServer({
    nodes: () => [nodeOf('n1')],
    removeNode: async ({ name }) => {
      asked.push(name);
    },
    approveNode: async ({ name }) => {
      throw new VhiveError({ code: 'usage', message: `there is no node ${name}`, hint: 'vhive-coord nodes ls' });
    },
    createToken: async (request) => {
      asked.push(request);
      const view = { id: 'abc', description: '', createdAt: at, expiresAt: at, revoked: false, uses: 0, node: null };
      return { token: 'secret', view };
    },
    tokens: async () => [{ id: 'abc' }] as never,
    logs: () => many(5000),
    async *stream({ run }, { signal }) {
      asked.push(run);
      yield { type: 'nodes', time: at, nodes: [nodeOf('n1')] } satisfies StreamMessage;
      yield { type: 'news-of-a-later-version' } as never;
      yield { type: 'caught-up', time: at, runId: null } satisfies StreamMessage;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  client = createClient(server.endpoint);
});

afterEach(async () => {
  client.close();
  await server.stop();
});

describe('the API client', () => {
  it('reads checked answers', async () => expect((await client.nodes())[0]?.name).toBe('n1'));

  it('sends bodies, and accepts answers without one', async () => {
    await client.createToken({ ttlSeconds: 60, description: 'x' });
    await client.removeNode({ name: 'n1' });
    expect(asked).toEqual([{ ttlSeconds: 60, description: 'x' }, 'n1']);
  });

  it('throws what the coordinator refused, with its hint', async () =>
    await expect(client.approveNode({ name: 'n9', key: '0123456789abcdef' })).rejects.toMatchObject({
      code: 'usage',
      message: 'there is no node n9',
      hint: 'vhive-coord nodes ls',
    }));

  it('refuses answers that are not what the contract says', async () =>
    await expect(client.tokens()).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('/tokens'),
    }));

  it('is refused with a wrong token, over HTTP and WebSocket', async () => {
    const wrong = createClient({ ...server.endpoint, token: 'wrong' });
    await expect(wrong.nodes()).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('operator token'),
    });
    await expect(wrong.stream({}, never)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'refused',
    });
    wrong.close();
  });

  it('trusts no other CA', async () => {
    const other = await startApiServer({});
    const mistaken = createClient({ ...server.endpoint, ca: other.endpoint.ca });
    await expect(mistaken.nodes()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining("cluster's CA"),
    });
    mistaken.close();
    await other.stop();
  });

  it('says so when nothing listens', async () => {
    await server.app.close();
    await expect(client.nodes()).rejects.toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('vhive-coord serve'),
    });
  });

  it('reads logs of any length', async () => {
    const lines = await Array.fromAsync(client.logs({ node: 'n1' }, never));
    expect(lines).toHaveLength(5000);
    expect(lines.at(-1)?.text).toBe('line 4999');
  });

  it('streams messages in order, passes over unknown ones, ends when told to', async () => {
    const stop = new AbortController();
    const types: string[] = [];
    for await (const message of client.stream({ run: 'run-20260301-abcd' }, stop.signal)) {
      types.push(message.type);
      if (message.type === 'caught-up') stop.abort();
    }
    expect(types).toEqual(['nodes', 'caught-up']);
    expect(asked).toEqual(['run-20260301-abcd']);
  });

  it('throws unreachable when the connection breaks', async () => {
    const messages = client.stream({}, never)[Symbol.asyncIterator]();
    await messages.next();
    await messages.next();
    for (const socket of server.app.websocketServer.clients) socket.terminate();
    await expect(messages.next()).rejects.toMatchObject({ code: 'unreachable' });
  });
});
