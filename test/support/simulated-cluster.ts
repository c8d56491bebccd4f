import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@vhive/base/free-port.fixture';
import { type SimulatedMirror, startSimulatedMirror } from '@vhive/coordinator/assembly/simulation/simulated-mirror';
import { type ApiClient, createClient } from '@vhive/coordinator/cli/client/client';
import type { ClusterFile, RunEvent } from '@vhive/shared';
import { plainCluster } from './plain-cluster.ts';
import { Program } from './program.ts';

/** A fault in the form in which `faults.json` of a simulated machine takes it. */
export interface Fault {
  command: string;
  effect: 'fail' | 'hang';
  times?: number;
  message?: string;
}

/**
 * A cluster of simulated hosts, made from the real programs: a coordinator that runs by itself (`serve`) or within
 * `up`, and agents, each of which is a process that can be killed. Directories, ports and addresses are its own.
 */
export class SimulatedCluster {
  readonly directory: string;
  readonly httpsPort: number;
  readonly natsPort: number;
  /** The first three numbers of the machines' addresses. */
  readonly #network = `127.${randomInt(16, 250)}.${randomInt(1, 250)}`;
  readonly #programs: Program[] = [];
  readonly #agents = new Map<string, Program>();
  readonly #mirror: SimulatedMirror;
  readonly #clients: ApiClient[] = [];

  private constructor(directory: string, ports: { https: number; nats: number }, mirror: SimulatedMirror) {
    this.directory = directory;
    this.httpsPort = ports.https;
    this.natsPort = ports.nats;
    this.#mirror = mirror;
  }

  static async create(): Promise<SimulatedCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'vhive-cluster-'));
    const ports = { https: await freePort(), nats: await freePort() };
    return new SimulatedCluster(directory, ports, await startSimulatedMirror());
  }

  /** The state directory of the coordinator. */
  get stateDir(): string {
    return join(this.directory, 'state');
  }

  get cacheDir(): string {
    return join(this.directory, 'cache');
  }

  /** The directory of the machines of agents that were started separately. */
  get simulation(): string {
    return join(this.directory, 'machines');
  }

  /** The directory of the machines that `up --simulate` makes itself. */
  get ownMachines(): string {
    return join(this.cacheDir, 'simulation');
  }

  /** Starts `vhive-coord` with this cluster's directories and ports. */
  async coord(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Program> {
    const program = await Program.start('vhive-coord', args, {
      VHIVE_STATE_DIR: this.stateDir,
      VHIVE_CACHE_DIR: this.cacheDir,
      VHIVE_HTTPS_PORT: String(this.httpsPort),
      VHIVE_NATS_PORT: String(this.natsPort),
      ...env,
    });
    this.#programs.push(program);
    return program;
  }

  /** Runs a command of `vhive-coord` to its end. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Program> {
    const program = await this.coord(args, env);
    await program.ended;
    return program;
  }

  /** Starts a coordinator as a service of its own. Resolves when it answers. */
  async serve(args: readonly string[] = []): Promise<Program> {
    const program = await this.coord(['serve', '--mirror', this.#mirror.url, ...args]);
    await program.says('coordinator of cluster');
    return program;
  }

  /** Makes a join token and returns it as `token create` prints it. */
  async token(...args: string[]): Promise<string> {
    const created = await this.run(['token', 'create', ...args]);
    if ((await created.ended) !== 0) throw new Error(created.stderr);
    return created.stdout.trim();
  }

  /** Starts the agent of machine `sim-<number>` with these variables, for example a token. */
  async startAgent(number: number, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Promise<Program> {
    const name = `sim-${number}`;
    const program = await Program.start(
      'vhive-agent',
      [
        ...['run', '--coordinator', `127.0.0.1:${this.httpsPort}`, '--name', name],
        ...['--state-dir', this.agentStateDir(name), '--simulate', this.simulation],
        ...['--simulate-address', `${this.#network}.${number}`, ...args],
      ],
      env,
    );
    this.#programs.push(program);
    this.#agents.set(name, program);
    return program;
  }

  /** Returns the agent that was last started on that machine. */
  agentOf(name: string): Program {
    const agent = this.#agents.get(name);
    if (!agent) throw new Error(`no agent was started on ${name}`);
    return agent;
  }

  /** Starts the agents `sim-1` to `sim-<count>`, let in by one token. Resolves when all are registered. */
  async agents(count: number): Promise<Program[]> {
    const token = await this.token();
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    return await Promise.all(numbers.map((number) => this.agent(number, { VHIVE_TOKEN: token })));
  }

  /** Does the same as {@link startAgent}, and resolves when the agent is registered. */
  async agent(number: number, env: NodeJS.ProcessEnv = {}): Promise<Program> {
    const program = await this.startAgent(number, env);
    await program.says('registered as');
    return program;
  }

  agentStateDir(name: string): string {
    return join(this.directory, 'agents', name);
  }

  /**
   * Starts `up` on the running coordinator with sim-1 as master. The cluster is a plain one, unless `config` says
   * otherwise.
   */
  async up(count: number, args: readonly string[] = [], config: ClusterFile = {}): Promise<Program> {
    const file = await this.clusterFile({ controlPlane: 'sim-1', ...plainCluster, ...config });
    return await this.coord(['up', '--nodes', String(count), '--config', file, '--output', 'json', ...args]);
  }

  /** Starts `up` of a plain cluster on machines that it simulates itself. */
  async upSimulated(count: number, ...args: string[]): Promise<Program> {
    const config = ['--config', await this.clusterFile(plainCluster)];
    return await this.coord(['up', '--simulate', String(count), '--output', 'json', ...config, ...args]);
  }

  /** Writes the cluster file and returns its path. */
  async clusterFile(config: ClusterFile): Promise<string> {
    return await this.file('vhive.yaml', JSON.stringify(config));
  }

  /** Writes a file in this cluster's directory and returns its path. */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.directory, name);
    await writeFile(path, content);
    return path;
  }

  /**
   * Sets what fails or hangs on a machine from now on. Faults that were set before end. `machines` is the directory of
   * the simulation.
   */
  async faults(name: string, list: readonly Fault[], machines = this.simulation): Promise<void> {
    const file = join(machines, name, 'faults.json');
    await mkdir(join(machines, name), { recursive: true });
    await writeFile(`${file}.test`, JSON.stringify(list));
    await rename(`${file}.test`, file);
  }

  /** Makes a client of the running coordinator, with the operator's own credentials. */
  async client(stateDir = this.stateDir): Promise<ApiClient> {
    const read = (name: string) => readFile(join(stateDir, name), 'utf8');
    const { url } = JSON.parse(await read('coordinator.json')) as { url: string };
    const client = createClient({ url, token: (await read('operator-token')).trim(), ca: await read('ca.pem') });
    this.#clients.push(client);
    return client;
  }

  /** Returns all stored events of a run, as the stream tells them. */
  async events(runId: string, stateDir = this.stateDir): Promise<RunEvent[]> {
    const client = await this.client(stateDir);
    const enough = new AbortController();
    const events: RunEvent[] = [];
    for await (const message of client.stream({ run: runId }, enough.signal)) {
      if (message.type === 'event') events.push(message.event);
      if (message.type === 'caught-up') enough.abort();
    }
    return events;
  }

  /** Resolves when a step on that node has printed a line with this beginning. */
  async printed(node: string, beginning: string): Promise<void> {
    const client = await this.client();
    const enough = new AbortController();
    for await (const line of client.followLogs({ node }, enough.signal))
      if (line.text.startsWith(beginning)) enough.abort();
  }

  /** Returns the pid of the nats-server under the coordinator. */
  async natsPid(stateDir = this.stateDir): Promise<number> {
    return Number(await readFile(join(stateDir, 'nats-server.pid'), 'utf8'));
  }

  /** Ends everything that was started and removes every trace of it. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all(this.#programs.filter(({ running }) => running).map((program) => program.stop()));
    await this.#mirror.stop();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
