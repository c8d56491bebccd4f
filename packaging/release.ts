import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withFileLock } from '@vhive/base/files/file-lock';
import { build, type OutputFile, type Plugin } from 'esbuild';
import { removeOldChunks, writeIfChanged } from './release-files.ts';
import { launcher, linkNode } from './release-launchers.ts';
import { sourcesKey } from './release-sources.ts';

/** What the lab compiles: the Go sources of its own programs, and the modules that pin everyone else's. */
const LAB_SOURCES = ['programs', 'modules'] as const;

const root = join(import.meta.dirname, '..');

/**
 * Bundles agent and coordinator of this clone with their Node.js into `outDir`: `bin/` (launchers), `lib/` (Node.js and
 * bundles) and `systemd/`. This takes milliseconds when nothing has changed. An existing release is changed file by
 * file, each in one step, so that a program that runs from it goes on.
 */
export async function buildRelease(options: { outDir: string; log(line: string): void }): Promise<void> {
  const { outDir, log } = options;
  const stamp = join(outDir, '.built-from');
  const isCurrent = async (key: string) => (await readFile(stamp, 'utf8').catch(() => '')) === key;
  if (await isCurrent(sourcesKey(root))) return;
  await mkdir(outDir, { recursive: true });
  const onWait = () => log('waiting for another command that builds the release');
  await withFileLock(join(outDir, '.lock'), () => buildLocked(outDir, stamp, isCurrent, log), { onWait });
}

async function buildLocked(
  outDir: string,
  stamp: string,
  isCurrent: (key: string) => Promise<boolean>,
  log: (line: string) => void,
): Promise<void> {
  const key = sourcesKey(root);
  if (await isCurrent(key)) return;
  log(`building the release of agent and coordinator in ${outDir}`);
  await bundle(outDir);
  await linkNode(join(outDir, 'lib/node'));
  for (const program of ['vhive-agent', 'vhive-coord']) {
    await writeIfChanged(join(outDir, 'bin', program), launcher(program), 0o755);
  }
  const labCopies = LAB_SOURCES.map((name) => [`packages/lab/${name}`, `lib/lab/${name}`] as const);
  for (const [source, target] of [...labCopies, ['systemd', 'systemd'] as const]) {
    await rm(join(outDir, target), { recursive: true, force: true });
    await cp(join(root, source), join(outDir, target), { recursive: true });
  }
  await writeIfChanged(stamp, key, 0o644);
}

/**
 * zod speaks fifty languages, which are a third of its text. This product speaks only English, which zod loads apart
 * from the others.
 */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {};', loader: 'js' }));
  },
};

async function bundle(outDir: string): Promise<void> {
  const programs = { 'vhive-agent': 'packages/agent/src/main.ts', 'vhive-coord': 'packages/coordinator/src/main.ts' };
  // Each program is bundled by itself. If they shared parts, the agent would carry code that only the coordinator uses.
  const bundles = await Promise.all(
    Object.entries(programs).map(([name, source]) => bundleProgram(outDir, { [name]: source })),
  );
  const files = bundles.flat();
  for (const file of files) await writeIfChanged(file.path, file.contents, 0o644);
  await removeOldChunks(join(outDir, 'lib/chunks'), new Set(files.map((file) => basename(file.path))));
}

async function bundleProgram(outDir: string, entryPoints: Record<string, string>): Promise<OutputFile[]> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints,
    bundle: true,
    // What is imported on demand stays in files of its own, so that the agent does not load what it does not use.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    outdir: join(outDir, 'lib'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    // Packages in CommonJS style load the modules of Node.js with require, which ES modules lack.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    // The text of a program stays in memory as long as the program runs, so it is worth halving it.
    minify: true,
    keepNames: true,
    plugins: [englishOnly],
    legalComments: 'none',
    logLevel: 'silent',
    write: false,
  });
  return outputFiles;
}
