import { join } from 'node:path';
import { buildRelease } from './packages/coordinator/src/lab/release.ts';

// npm run build [directory]: the relocatable release of agent and coordinator, by default in dist/vhive.
const outDir = process.argv[2] ?? join(import.meta.dirname, 'dist/vhive');
const { dir } = await buildRelease({ outDir, log: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(`${dir}\n`);
