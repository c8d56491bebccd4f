import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LAB_CLUSTER_FILE, LAB_MIRROR } from '@vhive/lab/cluster/agents';
import { labClusterHosts } from '@vhive/lab/cluster/cluster-hosts';
import {
  defaultLabDirectories,
  type LabExecOptions,
  type LabHost,
  labDown,
  labExec,
  labHost,
  labLink,
  labReboot,
} from '@vhive/lab/index';
import type { LabStack } from '@vhive/lab/tree/stack-choice';
import { execa } from 'execa';
import { parseDocument } from 'yaml';
import { JsonRun } from './json-run.ts';

const log = (line: string) => process.stderr.write(`lab: ${line}\n`);

/** Real hosts with agents, in a lab of their own that a test file sets up and removes again. */
export class LabCluster {
  readonly stateDir: string;
  #isMade = false;

  private constructor(stateDir: string) {
    this.stateDir = stateDir;
  }

  /** Names a lab. Only its directory is made yet. */
  static async prepare(): Promise<LabCluster> {
    return new LabCluster(await mkdtemp('/var/lib/vhive-lab-test-'));
  }

  /**
   * Makes sure that this many hosts run, each with its agent. Unless told otherwise, the lab is made for Kubernetes alone,
   * and later stays what it was made for. `emulated` is the number of hosts under qemu beside them.
   */
  async hosts(count: number, asked?: LabStack, emulated = 0): Promise<LabHost[]> {
    const { cacheDir } = defaultLabDirectories();
    const stack = asked ?? (this.#isMade ? undefined : 'kubernetes-only');
    this.#isMade = true;
    return await labClusterHosts({ cacheDir, stateDir: this.stateDir, hosts: count, emulated, stack, log });
  }

  host(name: string): Promise<LabHost> {
    return labHost(name, { stateDir: this.stateDir });
  }

  /** Runs a program on a host and returns its standard output. Throws when the program fails. */
  async run(name: string, argv: readonly string[], options: LabExecOptions = {}): Promise<string> {
    return (await labExec(await this.host(name), argv, options)).stdout;
  }

  shell(name: string, script: string): Promise<string> {
    return this.run(name, ['sh', '-ec', script]);
  }

  /** Runs `vhive-coord` on the first host. */
  async coordinator(...words: string[]): Promise<JsonRun> {
    const argv = ['vhive-coord', ...words, '--output', 'json'];
    return new JsonRun(labExec(await this.host('host-1'), argv, { reject: false }));
  }

  /** Runs `up` on the first host, as `up --lab` runs it. */
  up(...words: string[]): Promise<JsonRun> {
    return this.coordinator('up', '--config', LAB_CLUSTER_FILE, '--mirror', LAB_MIRROR, ...words);
  }

  kubectl(...words: string[]): Promise<string> {
    return this.run('host-1', ['kubectl', ...words]);
  }

  /** Returns the state of every node as Kubernetes has it: `Ready`, `NotReady`. */
  async nodes(): Promise<Record<string, string>> {
    const lines = (await this.kubectl('get', 'nodes', '--no-headers')).split('\n').filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split(/\s+/).slice(0, 2)));
  }

  /** Adds fields to the cluster file on the first host. */
  async configure(yaml: string): Promise<void> {
    await appendFile(join((await this.host('host-1')).tree, LAB_CLUSTER_FILE), yaml);
  }

  /** Sets one field of the cluster file on the first host. */
  async set(path: readonly string[], value: unknown): Promise<void> {
    const file = join((await this.host('host-1')).tree, LAB_CLUSTER_FILE);
    const document = parseDocument(await readFile(file, 'utf8'));
    document.setIn(path, value);
    await writeFile(file, document.toString());
  }

  link(name: string, state: 'up' | 'down'): Promise<void> {
    return labLink(name, state, { stateDir: this.stateDir });
  }

  reboot(name: string): Promise<LabHost> {
    return labReboot(name, { stateDir: this.stateDir, log });
  }

  down(): Promise<void> {
    return labDown({ stateDir: this.stateDir, log });
  }

  /** Runs the clone's own command on this machine, with this lab as its lab. */
  command(...words: string[]): JsonRun {
    const program = join(import.meta.dirname, '../../../bin/vhive-coord');
    return new JsonRun(
      execa(program, words, { env: { VHIVE_LAB_DIR: this.stateDir, VHIVE_SOURCE: 'compile' }, reject: false }),
    );
  }
}
