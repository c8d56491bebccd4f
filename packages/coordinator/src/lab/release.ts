import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OutputFile, Plugin } from 'esbuild';
import { withLock } from './lock.ts';
import { labPrograms } from './mirror/go-build.ts';
import { removeOldChunks, writeIfChanged } from './release-files.ts';
import { launcher, linkNode } from './release-launchers.ts';
import { sourcesKey } from './release-sources.ts';
import type { LabLog } from './types.ts';

/** A finished release: a directory that can be copied or mounted anywhere and needs no installed Node.js. */
export interface Release {
  dir: string;
}

/** The root of the clone this file is in; undefined when it runs from a release. */
export function cloneRoot(): string | undefined {
  // In a release this text is in a bundle, perhaps one inside a clone.
  if (!import.meta.url.endsWith('/src/lab/release.ts')) return undefined;
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  return existsSync(join(root, 'pnpm-workspace.yaml')) ? root : undefined;
}

/** The release this program runs from, or the one of its clone, brought up to date. */
export async function ensureRelease(options: { log: LabLog; signal?: AbortSignal | undefined }): Promise<Release> {
  const root = cloneRoot();
  if (root !== undefined) return buildRelease({ outDir: join(root, 'dist/vhive'), ...options });
  const library = dirname(fileURLToPath(import.meta.url));
  return { dir: basename(library) === 'chunks' ? join(library, '../..') : dirname(library) };
}

/**
 * Bundles agent and coordinator of this clone with their Node.js into `outDir`: `bin/` (launchers), `lib/` (Node.js,
 * bundles), `systemd/`. Takes milliseconds when nothing has changed. Changes an existing release file by file,
 * each at once, so a program that runs from it goes on.
 */
export async function buildRelease(options: {
  outDir: string;
  log?: LabLog;
  signal?: AbortSignal | undefined;
}): Promise<Release> {
  const { outDir, log = () => undefined, signal } = options;
  const root = cloneRoot();
  if (root === undefined) throw new Error('buildRelease needs the sources: this program runs from a release');
  const stamp = join(outDir, '.built-from');
  const isCurrent = async (key: string) => (await readFile(stamp, 'utf8').catch(() => '')) === key;
  if (await isCurrent(sourcesKey(root))) return { dir: outDir };
  await mkdir(outDir, { recursive: true });
  return withLock(join(outDir, '.lock'), 'the release', { log, signal }, async () => {
    const key = sourcesKey(root);
    if (await isCurrent(key)) return { dir: outDir };
    log(`building the release of agent and coordinator in ${outDir}`);
    await bundle(root, outDir);
    await linkNode(join(outDir, 'lib/node'));
    for (const program of ['vhive-agent', 'vhive-coord']) {
      await writeIfChanged(join(outDir, 'bin', program), launcher(program), 0o755);
    }
    for (const program of labPrograms)
      await cp(join(root, 'packages/coordinator/src/lab/mirror', program), join(outDir, 'lib/lab', program), {
        recursive: true,
      });
    await rm(join(outDir, 'systemd'), { recursive: true, force: true });
    await cp(join(root, 'systemd'), join(outDir, 'systemd'), { recursive: true });
    await writeIfChanged(stamp, key, 0o644);
    return { dir: outDir };
  });
}

/** zod speaks fifty languages, a third of its text; this product speaks one, which zod has loaded apart from these. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {};', loader: 'js' }));
  },
};

async function bundle(root: string, outDir: string): Promise<void> {
  const programs = { 'vhive-agent': 'packages/agent/src/main.ts', 'vhive-coord': 'packages/coordinator/src/main.ts' };
  // Each by itself: in common parts the agent would carry what only the coordinator uses.
  const bundles = await Promise.all(
    Object.entries(programs).map(([name, source]) => bundleProgram(root, outDir, { [name]: source })),
  );
  const files = bundles.flat();
  for (const file of files) await writeIfChanged(file.path, file.contents, 0o644);
  await removeOldChunks(join(outDir, 'lib/chunks'), new Set(files.map((file) => basename(file.path))));
}

async function bundleProgram(root: string, outDir: string, entryPoints: Record<string, string>): Promise<OutputFile[]> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints,
    bundle: true,
    // What is imported on demand stays in files of its own: the agent does not load what it does not use.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    outdir: join(outDir, 'lib'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    // Packages in CommonJS style ask for Node's own modules with require, which ES modules lack.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    external: ['esbuild'],
    // The text of a program stays in memory as long as it runs: half of it is worth having.
    minify: true,
    keepNames: true,
    plugins: [englishOnly],
    legalComments: 'none',
    logLevel: 'silent',
    write: false,
  });
  return outputFiles;
}
