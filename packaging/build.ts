import { join, resolve } from 'node:path';
import { buildRelease } from './release.ts';

// `npm run build [directory]` makes the relocatable release of agent and coordinator, by default in dist/vhive.
const outDir = resolve(process.argv[2] ?? join(import.meta.dirname, '../dist/vhive'));
await buildRelease({ outDir, log: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(`${outDir}\n`);
