import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from './client/api-server.fixture.ts';
import { unreachableError } from './client/failure.ts';
import { type Connection, withCoordinator } from './connect.ts';

/** A process that stands for the coordinator of another command. */
const coordinatorProcess = () => spawn('sleep', ['60'], { stdio: 'ignore' });
let server: ApiServer;
let other: ReturnType<typeof coordinatorProcess>;
let started: number;
let said: string[];

beforeEach(async () => {
  server = await startApiServer({});
  other = coordinatorProcess();
  started = 0;
  said = [];
  const running = { url: server.endpoint.url, pid: other.pid, startedAt: new Date().toISOString() };
  await writeFile(join(server.stateDir, 'coordinator.json'), JSON.stringify(running));
});
afterEach(async () => {
  other.kill('SIGKILL');
  await server.stop();
});

const endOther = async () => {
  other.kill('SIGKILL');
  await once(other, 'exit');
};

const connect = <T>(start: 'always' | 'existing', work: (connection: Connection) => Promise<T>) =>
  withCoordinator(
    {
      coordinator: {
        stateDir: server.stateDir,
        cacheDir: server.stateDir,
        httpsPort: 0,
        natsPort: 0,
        trustNetworks: [],
        logLevel: 'fatal',
        log: () => {},
      },
      start,
      say: (line) => said.push(line),
      hooks: {
        startCoordinator: async () => {
          started += 1;
          return { url: server.endpoint.url, cluster: 'test', stop: async () => undefined };
        },
      },
    },
    work,
  );

describe('a coordinator of another command that ends while this one asks it', () => {
  it('is replaced, and the work is done again', async () => {
    const attached = await connect('always', async (connection) => {
      if (!connection.attached) return connection.attached;
      await server.app.close();
      void endOther();
      throw unreachableError(connection.endpoint.url, new Error('socket hang up'));
    });
    expect(attached).toBe(false);
    expect(started).toBe(1);
    expect(said).toEqual([expect.stringMatching(/has ended; this command goes on without it$/)]);
  });

  it('is not replaced by a command that only asks about a cluster', async () => {
    const asked = connect('existing', async ({ endpoint }) => {
      await endOther();
      throw unreachableError(endpoint.url, new Error('socket hang up'));
    });
    await expect(asked).rejects.toThrow('socket hang up');
    expect(started).toBe(0);
  });

  it('is not replaced for another failure', async () => {
    const asked = connect('always', async () => {
      await endOther();
      throw new VhiveError({ code: 'refused', message: 'no' });
    });
    await expect(asked).rejects.toThrow('no');
    expect(started).toBe(0);
  });
});
