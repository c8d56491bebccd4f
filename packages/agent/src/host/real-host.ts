import { chmod, chown, lstat, mkdir, readdir, readFile, readlink, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { symlinkAtomic, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { readGroups, readUsers } from './accounts.ts';
import { gatherFacts } from './facts/index.ts';
import { fileStatus } from './file-status.ts';
import type { Host } from './host.ts';
import { connect, listen } from './network.ts';
import { PROXY_FILE, proxyVariables } from './proxy-variables.ts';

/** Options that set a host apart from the machine itself, to try actions without touching the machine. */
export interface RealHostOptions {
  /**
   * The directory that stands for the root of the file system; by default `/`. Commands and facts are always those of
   * the machine.
   */
  root?: string;
  /** The directories in which programs are looked for, in the form of PATH. */
  searchPath?: string;
}

const missing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Returns undefined instead of an error when there is no such file. */
async function ifThere<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (missing(error)) return undefined;
    throw error;
  }
}

async function ownerIds(attributes: { owner?: string; group?: string }) {
  return {
    ...(attributes.owner === undefined ? {} : { uid: (await readUsers()).idOf(attributes.owner) }),
    ...(attributes.group === undefined ? {} : { gid: (await readGroups()).idOf(attributes.group) }),
  };
}

/** Makes the host that is the machine this process runs on. */
export function createRealHost(options: RealHostOptions = {}): Host {
  const root = options.root ?? '/';
  const inRoot = (path: string) => (root === '/' ? path : join(root, path));

  const host: Host = {
    simulated: false,
    readFile: (path) => ifThere(readFile(inRoot(path))),
    async writeFile(path, content, attributes) {
      await writeFileAtomic(inRoot(path), content, {
        mode: Number.parseInt(attributes.mode, 8),
        directoryMode: 0o755,
        ...(await ownerIds(attributes)),
      });
    },
    async stat(path) {
      const stats = await ifThere(lstat(inRoot(path)));
      return stats && fileStatus(stats, await readUsers(), await readGroups());
    },
    async space(path) {
      let nearest = inRoot(path);
      let space = await ifThere(statfs(nearest));
      while (space === undefined && nearest !== dirname(nearest)) {
        nearest = dirname(nearest);
        space = await ifThere(statfs(nearest));
      }
      if (space === undefined) throw new Error(`no file system holds ${path}`);
      return { totalBytes: space.blocks * space.bsize, freeBytes: space.bavail * space.bsize };
    },
    async setAttributes(path, attributes) {
      const { uid, gid } = await ownerIds(attributes);
      if (uid !== undefined || gid !== undefined) await chown(inRoot(path), uid ?? -1, gid ?? -1);
      // The mode is set after chown, because chown clears the set-user-id bits.
      if (attributes.mode !== undefined) await chmod(inRoot(path), Number.parseInt(attributes.mode, 8));
    },
    async makeDirectory(path, attributes = {}) {
      await mkdir(inRoot(path), { recursive: true, mode: 0o755 });
      await host.setAttributes(path, attributes);
    },
    list: async (path) => ((await ifThere(readdir(inRoot(path)))) ?? []).sort(),
    remove: (path, { recursive = false } = {}) => rm(inRoot(path), { force: true, recursive }),
    symlink: (target, path) => symlinkAtomic(target, inRoot(path)),
    async readLink(path) {
      try {
        return await readlink(inRoot(path));
      } catch (error) {
        if (missing(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
        throw error;
      }
    },
    localPath: inRoot,
    async run(argv, runOptions) {
      // This is loaded when the first command is run: an idle agent needs no means to run one in memory.
      const { run, SEARCH_PATH } = await import('./run.ts');
      const proxy = proxyVariables(argv, await host.readFile(PROXY_FILE));
      const environment = { ...proxy, ...runOptions?.environment };
      return run(argv, { ...runOptions, environment }, options.searchPath ?? SEARCH_PATH);
    },
    facts: gatherFacts,
    async usage(address) {
      // Most agents are never asked for it.
      const { openUsage } = await import('./usage/counters.ts');
      return openUsage(address);
    },
    connect,
    listen,
    serviceEndpoint: async (address, port) => ({ address, port, [Symbol.asyncDispose]: async () => undefined }),
    async timeGenerator(signal) {
      const { timeGenerator } = await import('./generate-load.ts');
      return timeGenerator(signal);
    },
    async generateLoad(order, how) {
      const { generateLoad } = await import('./generate-load.ts');
      return generateLoad(order, how);
    },
    async kubernetes(kubeconfig) {
      // This is loaded on first use: the client library takes 0.3 s and tens of megabytes, and most agents never need
      // it.
      const { createKubernetesClient } = await import('@vhive/base/kubernetes/kubernetes-client');
      return createKubernetesClient(inRoot(kubeconfig));
    },
  };
  return host;
}
