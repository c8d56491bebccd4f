import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { freePort } from '@vhive/base/free-port.fixture';
import { execa } from 'execa';
import { natsBinary } from './nats-binary.ts';

/** A real nats-server with JetStream on disk and no authentication, which a test can kill and start again. */
export class TestNatsServer {
  readonly port: number;
  /** Where the server keeps its configuration and what it stores. */
  readonly directory: string;
  #process: (PromiseLike<unknown> & { kill(signal: 'SIGKILL'): boolean }) | undefined;
  readonly #connections: NatsConnection[] = [];

  private constructor(port: number, directory: string) {
    this.port = port;
    this.directory = directory;
  }

  static async start(): Promise<TestNatsServer> {
    const server = new TestNatsServer(await freePort(), await mkdtemp(join(tmpdir(), 'vhive-nats-')));
    await server.start();
    return server;
  }

  /** Starts the server (again) on the same port and storage. Resolves when it takes connections. */
  async start(): Promise<void> {
    const config = join(this.directory, 'nats.conf');
    await writeFile(
      config,
      `listen: "127.0.0.1:${this.port}"\nmax_payload: 1MB\njetstream { store_dir: "${this.directory}", max_file_store: 200GB }\n`,
    );
    const child = execa(await natsBinary(), ['-c', config], { stdin: 'ignore', stdout: 'ignore', reject: false });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk;
        if (said.includes('Server is ready')) resolve();
      });
      void child.then(() => reject(new Error(`nats-server ended: ${said}`)));
    });
  }

  /** Kills the server as a power cut would (SIGKILL). Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#process;
  }

  /** Makes a connection that comes back by itself, as the product's does. */
  async connect(options: NodeConnectionOptions = {}): Promise<NatsConnection> {
    const connection = await connect({
      servers: `127.0.0.1:${this.port}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      ...options,
    });
    this.#connections.push(connection);
    return connection;
  }

  /** Ends all connections and the server, and removes its storage. */
  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close().catch(() => undefined)));
    await this.kill();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
