import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { JsonLine } from '@vhive/coordinator/cli/json-lines';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { debianTools, needing } from '../support/debian-tools.ts';
import { type ImageRegistry, startImageRegistry } from '../support/image-registry.ts';
import { type PretendedInternet, pretendInternet } from '../support/pretended-internet.ts';
import type { Program } from '../support/program.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';
import { pushSmallImage } from '../support/small-image.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const tools = await debianTools({ skopeo: 'skopeo', 'docker-registry': 'docker-registry' });

const kubectl = 'dl.k8s.io/release/v1.35.3/bin/linux/amd64/kubectl';
const pathBefore = process.env.PATH;
let directory: string;
let tree: string;
let registry: ImageRegistry;
let internet: PretendedInternet;
let cluster: SimulatedCluster;

describe.skipIf('missing' in tools)(needing(tools, 'mirror pull'), () => {
  beforeAll(async () => {
    if ('path' in tools) process.env.PATH = `${tools.path}${delimiter}${pathBefore}`;
    directory = await mkdtemp(join(tmpdir(), 'vhive-pull-'));
    tree = join(directory, 'tree');
    registry = await startImageRegistry(join(directory, 'registry'));
    await pushSmallImage(`${registry.host}/stand-in/image:latest`, { content: 'stands for any image' });
    internet = await pretendInternet(directory, { registry: registry.host, repository: 'stand-in/image' });
    cluster = await SimulatedCluster.create();
  });
  afterAll(async () => {
    await cluster.stop();
    await internet.stop();
    await registry.stop();
    await rm(directory, { recursive: true });
    process.env.PATH = pathBefore;
  });

  const pull = async (...args: string[]) => {
    internet.requests.length = 0;
    const words = ['mirror', 'pull', '--arch', 'amd64', '--to', tree, '--output', 'json', ...args];
    return await cluster.run(words, internet.env);
  };

  /** Returns what the last line but one says. */
  const summary = (program: Program) =>
    program.lines().find((line): line is Extract<JsonLine, { type: 'mirror' }> => line.type === 'mirror');

  it('is killed, and leaves nothing half-written; the next one does not fetch again what is there', async () => {
    const target = join(directory, 'killed');
    const words = ['mirror', 'pull', '--arch', 'amd64', '--to', target, '--output', 'json'];
    const killed = await cluster.coord(words, internet.env);
    await killed.line('pulled', ({ kind }) => kind === 'image');
    await killed.kill();
    const before = killed.lines().flatMap((line) => (line.type === 'pulled' ? [line.title] : []));
    expect(before.length).toBeGreaterThan(20);
    const next = await cluster.coord(words, internet.env);
    await next.line('pulled', ({ kind }) => kind === 'image');
    await next.kill();
    const again = next.lines().flatMap((line) => (line.type === 'pulled' && line.changed ? [line.title] : []));
    expect(again.filter((title) => before.includes(title))).toEqual([]);
    const names = (await readdir(target, { recursive: true })).filter((name) => !name.startsWith('.unfinished'));
    for (const name of names.filter((one) => one.endsWith('.tar')))
      await execa('tar', ['-tf', join(target, name), 'manifest.json']);
  });

  it('goes on when something cannot be had, lists it with its address, and ends with 4', async () => {
    internet.broken.set(kubectl, 404);
    internet.broken.set('registry.k8s.io/v2/pause/manifests/3.10.1', 404);
    const program = await pull();
    expect(await program.result()).toMatchObject({ outcome: 'error', exitCode: 4, code: 'step-failed' });
    const { failed, images = 0, files = 0 } = summary(program) ?? {};
    expect(failed?.map(({ title }) => title).sort()).toEqual([
      'kubectl 1.35.3 (amd64)',
      'registry.k8s.io/pause:3.10.1 (amd64)',
    ]);
    expect(failed?.find(({ kind }) => kind === 'file')?.message).toContain(`https://${kubectl}`);
    expect(files).toBeGreaterThan(20);
    expect(images).toBeGreaterThan(20);
    const names = await readdir(tree, { recursive: true });
    expect(names.filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('fetches what is missing and nothing else, then says that there is nothing to fetch', async () => {
    internet.broken.clear();
    const second = await pull();
    expect(await second.result()).toMatchObject({ outcome: 'ok', exitCode: 0 });
    expect(summary(second)).toMatchObject({ fetched: 2, failed: [] });
    const asked = new Set(internet.requests.map((request) => request.replace(/^(registry.k8s.io)\/v2\/.*/, '$1')));
    expect([...asked].sort()).toEqual([kubectl, `${kubectl}.sha256`, 'registry.k8s.io']);

    const third = await pull();
    expect(summary(third)).toMatchObject({ fetched: 0, failed: [] });
    expect(third.stderr).toContain('nothing to fetch');
    expect(summary(third)?.leftOut).toEqual([expect.stringContaining('Debian packages')]);
    expect(internet.requests).toEqual([]);
    expect(await readdir(tree)).not.toContain('.unfinished');
  });

  it('has the images of Kubernetes, of manifests, of patches and of functions, and names them in its index', async () => {
    const index = JSON.parse(await readFile(join(tree, 'images.json'), 'utf8')) as { images: { ref: string }[] };
    const refs = index.images.map(({ ref }) => ref);
    expect(refs).toEqual(
      expect.arrayContaining([
        'registry.k8s.io/kube-apiserver:v1.35.3',
        'registry.k8s.io/pause:3.10.1',
        expect.stringContaining('/queue-39be6f1d08a095bd076a71d288d295b6:1.21-firecracker'),
        'ghcr.io/ease-lab/helloworld:var_workload',
        expect.stringMatching(/\/activator:/),
      ]),
    );
  });

  it('leaves out what is not wanted, and says so', async () => {
    const program = await cluster.run(
      ['mirror', 'pull', '--to', join(directory, 'small'), '--no-images', '--no-go-modules', '--output', 'json'],
      internet.env,
    );
    expect(await program.result()).toMatchObject({ exitCode: 0 });
    expect(summary(program)).toMatchObject({ images: 0 });
    expect(summary(program)?.leftOut).toEqual([
      expect.stringContaining('--no-images'),
      expect.stringContaining('--no-go-modules'),
      expect.stringContaining('Debian packages'),
    ]);
  });

  it('is refused for architectures that the sandbox does not run on', async () => {
    const program = await cluster.run(['mirror', 'pull', '--to', tree, '--arch', 'arm64', '--output', 'json']);
    expect(await program.result()).toMatchObject({ exitCode: 3, message: expect.stringContaining('arm64') });
  });

  it('makes a tree that up needs nothing else than: every file and image comes from it', async () => {
    const config = join(directory, 'vhive.yaml');
    await writeFile(config, 'images: {preload: ["ghcr.io/ease-lab/helloworld:var_workload"]}\n');
    const program = await cluster.run(
      ['up', '--simulate', '2', '--mirror', tree, '--config', config, '--output', 'json'],
      // A program that asks the internet gets no answer.
      { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' },
    );
    expect(await program.result()).toMatchObject({ outcome: 'ready', exitCode: 0 });
    const titles = program.lines().flatMap((line) => (line.type === 'task' ? [String(line.title)] : []));
    for (const registry of ['registry.k8s.io', 'docker.io'])
      expect(titles).toContain(`${registry} from the mirror tree by way of the coordinator`);
    const machine = await readFile(join(cluster.cacheDir, 'simulation/sim-2/state.json'), 'utf8').catch(() => '');
    expect(machine).toContain('ghcr.io/ease-lab/helloworld:var_workload');
  });
});
