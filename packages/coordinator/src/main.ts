import { againAsRoot } from './cli/as-root.ts';
import { runCli } from './cli/main.ts';

const rootExitCode = await againAsRoot(process.argv.slice(2), process.env);
if (rootExitCode !== undefined) process.exit(rootExitCode);

// Everything heavy is loaded when a command needs it, so that --help and status are quick.
process.exitCode = await runCli(process.argv, {
  startCoordinator: async (options) => (await import('./assembly/coordinator.ts')).startCoordinator(options),
  ensureLocalAgent: async (input) => (await import('./assembly/local-agent.ts')).ensureLocalAgent(input),
  async startSimulation(input) {
    const [{ startSimulation }, { startCoordinator }] = await Promise.all([
      import('./assembly/simulation/simulation.ts'),
      import('./assembly/coordinator.ts'),
    ]);
    return await startSimulation(input, startCoordinator);
  },
  async openTokens({ stateDir, cluster }) {
    const [{ openAuthority }, { openJoinTokens }] = await Promise.all([
      import('./trust/authority.ts'),
      import('./trust/join-tokens.ts'),
    ]);
    const { caFingerprint } = await openAuthority({ stateDir, cluster });
    return await openJoinTokens({ stateDir, caFingerprint });
  },
  async mirrorImages(mirror, arches, signal) {
    const [{ readImageIndex }, { parseMirror }, { imagesForAll }] = await Promise.all([
      import('./artifacts/images/read-image-index.ts'),
      import('./artifacts/mirror/mirror.ts'),
      import('@vhive/base/image-index'),
    ]);
    return imagesForAll(await readImageIndex(parseMirror(mirror), signal), arches);
  },
  pullMirror: async (order, context) => (await import('./artifacts/mirror/pull-mirror.ts')).pullMirror(order, context),
  upInLab: async (input) => (await import('@vhive/lab/cluster/up-in-lab')).upInLab(input),
});
