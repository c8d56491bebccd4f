import { join } from 'node:path';
import { list } from 'tar';
import type { SimulatedMachine } from './machine.ts';
import type { SimulatedProgram } from './program.ts';

/** Imitates `ctr images ls|import|pull` and `crictl pull`. */
export const containerd: SimulatedProgram = async (machine, args) => {
  const last = args.at(-1) ?? '';
  if (args.includes('ls')) {
    const wanted = last.replace(/^name==/, '');
    return { stdout: machine.state.images.includes(wanted) ? `${wanted}\n` : '' };
  }
  const refs = args.includes('import') ? await tagsIn(join(machine.root, last)) : [last];
  return await add(machine, refs);
};

async function add(machine: SimulatedMachine, refs: string[]) {
  machine.state.images = [...new Set([...machine.state.images, ...refs])].sort();
  await machine.save();
  return { stdout: refs.map((ref) => `${ref}\n`).join('') };
}

/** Reads the image references of a docker archive. */
async function tagsIn(file: string): Promise<string[]> {
  const chunks: Buffer[] = [];
  await list({
    file,
    filter: (path) => path === 'manifest.json',
    onReadEntry: (entry) => entry.on('data', (chunk: Buffer) => chunks.push(chunk)),
  });
  const manifest = JSON.parse(Buffer.concat(chunks).toString()) as { RepoTags: string[] }[];
  return manifest.flatMap((image) => image.RepoTags);
}
