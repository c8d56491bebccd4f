import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { list } from 'tar';
import type { SimulatedMachine } from './machine.ts';
import type { SimulatedProgram } from './program.ts';

const digestOf = (ref: string) => `sha256:${createHash('sha256').update(ref).digest('hex')}`;

/** Imitates `ctr images ls|import|pull|push` and `crictl pull`. An image has the digest of its name. */
export const containerd: SimulatedProgram = async (machine, args) => {
  const last = args.at(-1) ?? '';
  if (args.includes('ls')) {
    const wanted = last.replace(/^name==/, '');
    const line = args.includes('-q') ? wanted : `${wanted} application/simulated ${digestOf(wanted)} 1 B linux/amd64 -`;
    return { stdout: machine.state.images.includes(wanted) ? `${line}\n` : '' };
  }
  if (args.includes('push')) {
    machine.state.pushed = [...new Set([...(machine.state.pushed ?? []), `${args.at(-2)} ${digestOf(last)}`])].sort();
    await machine.save();
    return {};
  }
  const refs = args.includes('import') ? await tagsIn(join(machine.root, last)) : [last];
  return await add(machine, refs);
};

/** Imitates `ctr-remote image optimize`: an image of another name is there. */
export const ctrRemote: SimulatedProgram = (machine, args) => add(machine, [args.at(-1) ?? '']);

/** Imitates the shell where it runs ctr with a password: `sh -c <script> sh ctr ...`. Nothing asks for the password. */
export const shell: SimulatedProgram = (machine, [, , , program, ...args], input) =>
  program === 'ctr' ? containerd(machine, args, input) : { exitCode: 127, stderr: 'sh: not part of the simulation\n' };

/** Imitates `curl --head` of a manifest in the image registry of the cluster. */
export const curl: SimulatedProgram = (machine, args) => {
  const [, repository, tag] = /^http:\/\/(.*)\/manifests\/([^/]+)$/.exec(args.at(-1)?.replace('/v2/', '/') ?? '') ?? [];
  const digest = machine.state.pushed?.find((one) => one.startsWith(`${repository}:${tag} `))?.split(' ')[1];
  return digest === undefined ? { exitCode: 22 } : { stdout: `HTTP/1.1 200 OK\nDocker-Content-Digest: ${digest}\n` };
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
