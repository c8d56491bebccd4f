import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryBeside } from '@vhive/base/files/temporary-files';

/** A systemd unit of a simulated machine. */
export interface SimulatedUnit {
  enabled: boolean;
  masked: boolean;
  active: boolean;
  /** What the service said when it could not start, as long as it does not run. */
  failure?: string;
  /** A number that grows with every start. */
  invocation: number;
  /** How often it was restarted because it ended by itself. */
  restarts?: number;
}

/** A thin pool of a simulated machine. */
export interface SimulatedThinPool {
  /** The directory of the pool's two files. The files themselves do not exist. */
  directory: string;
  sectors: number;
  metadataBlocks: number;
  blockSectors: number;
}

/** The state that a simulated machine remembers besides its files. */
export interface MachineState {
  packages: string[];
  units: Record<string, SimulatedUnit>;
  images: string[];
  /** The images in the image registry of the cluster that were pushed from here. */
  pushed?: string[];
  modules: string[];
  swapBytes: number;
  routes: string[];
  /** The thin pools by their names. */
  thinPools?: Record<string, SimulatedThinPool>;
  /** The texts of the loaded tables, by family and name. */
  nftables?: Record<string, string>;
}

/** A machine that exists only as a directory of files and this state. Both survive a restart of its agent. */
export class SimulatedMachine {
  readonly name: string;
  /**
   * The address of the machine. It is in the loopback range, so that connections between simulated machines are real
   * ones.
   */
  readonly address: string;
  /** The directory that stands for `/`. */
  readonly root: string;
  /** The directory that all machines of a simulation share: their Kubernetes cluster. */
  readonly cluster: string;
  readonly state: MachineState;
  /** Whether the machine has never been started before. */
  readonly isNew: boolean;
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string, name: string, address: string) {
    this.name = name;
    this.address = address;
    this.root = join(directory, name, 'root');
    this.cluster = join(directory, 'cluster');
    this.isNew = !existsSync(this.#file);
    this.state = this.#load();
  }

  get #file(): string {
    return join(dirname(this.root), 'state.json');
  }

  #load(): MachineState {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as MachineState;
    } catch {
      return { packages: [], units: {}, images: [], modules: [], swapBytes: 2 ** 31, routes: [] };
    }
  }

  /** Writes the state. Call it after every change. */
  async save(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      await mkdir(dirname(this.#file), { recursive: true });
      const draft = temporaryBeside(this.#file);
      await writeFile(draft, JSON.stringify(this.state));
      await rename(draft, this.#file);
    });
    await this.#writing;
  }

  /** Returns the state of a unit, which is made when it is asked for the first time. */
  unit(name: string): SimulatedUnit {
    this.state.units[name] ??= { enabled: false, masked: false, active: false, invocation: 0 };
    return this.state.units[name];
  }
}
