import { againAsRoot } from './cli/as-root.ts';
import { runCli } from './cli/main.ts';

const rootExitCode = await againAsRoot(process.argv.slice(2), process.env);
if (rootExitCode !== undefined) process.exit(rootExitCode);

// Each command loads its heavy parts only when it needs them, so that --help and status are quick.
const exitCode = await runCli(process.argv, {
  startCoordinator: async (options) => (await import('./assembly/coordinator.ts')).startCoordinator(options),
  ensureLocalAgent: async (input) => (await import('./assembly/local-agent.ts')).ensureLocalAgent(input),
  serveImages: async (options) => (await import('./assembly/serve-images.ts')).serveImages(options),
  async startSimulation(input) {
    const [{ startSimulation }, { startCoordinator }] = await Promise.all([
      import('./assembly/simulation/simulation.ts'),
      import('./assembly/coordinator.ts'),
    ]);
    return await startSimulation(input, startCoordinator);
  },
  openTokens: async (input) => (await import('./assembly/tokens.ts')).openTokens(input),
  mirrorImages: async (...input) => (await import('./assembly/mirror-images.ts')).mirrorImages(...input),
  pullMirror: async (order, context) => (await import('./artifacts/mirror/pull-mirror.ts')).pullMirror(order, context),
  async lab() {
    const { labClusterHosts } = await import('@vhive/lab/cluster/cluster-hosts');
    const { labPublishers: publishers } = await import('./assembly/lab-publishers.ts');
    return {
      ...(await import('@vhive/lab/index')),
      labClusterHosts: (options) => labClusterHosts({ ...options, publishers }),
    };
  },
  async upInLab(input) {
    const [{ upInLab }, { labPublishers: publishers }] = await Promise.all([
      import('@vhive/lab/cluster/up-in-lab'),
      import('./assembly/lab-publishers.ts'),
    ]);
    return await upInLab({ ...input, publishers });
  },
});

// All is said and closed. Whatever a start that failed may have left open must not keep the process alive.
process.exit(exitCode);
