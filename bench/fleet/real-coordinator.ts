import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@vhive/base/free-port.fixture';
import { openAuthority } from '@vhive/coordinator/trust/authority';
import { openJoinTokens } from '@vhive/coordinator/trust/join-tokens';
import { execa } from 'execa';

const PROGRAM = join(import.meta.dirname, '../../packages/coordinator/src/main.ts');

/** A coordinator in a process of its own, as `vhive-coord serve` runs it. */
export interface RealCoordinator {
  /** The address of its HTTPS server, as `127.0.0.1:port`. */
  address: string;
  /** A join token of this coordinator. */
  token: string;
  stop(): Promise<void>;
}

/** Starts a coordinator with its files below `directory`. Resolves when it is ready. */
export async function startRealCoordinator(directory: string): Promise<RealCoordinator> {
  const stateDir = join(directory, 'coordinator');
  const [httpsPort, natsPort] = [await freePort(), await freePort()];
  const child = execa(
    process.execPath,
    [
      ...[
        PROGRAM,
        'serve',
        '--state-dir',
        stateDir,
        '--cache-dir',
        join(import.meta.dirname, '../../.cache/nats-server'),
      ],
      ...['--https-port', String(httpsPort), '--nats-port', String(natsPort), '--log-level', 'info'],
    ],
    { stdin: 'ignore', stdout: 'ignore', reject: false, buffer: false },
  );
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (line.includes('the coordinator is ready')) resolve();
    });
    child.then(() => reject(new Error(`the coordinator ended: ${said.join('\n')}`)), reject);
  });
  const { caFingerprint } = await openAuthority({ stateDir, cluster: 'vhive' });
  const tokens = await openJoinTokens({ stateDir, caFingerprint });
  const { token } = await tokens.create({ ttlSeconds: 3600, description: 'benchmark' });
  return {
    address: `127.0.0.1:${httpsPort}`,
    token,
    async stop() {
      child.kill('SIGTERM');
      await child;
    },
  };
}
