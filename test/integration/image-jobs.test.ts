import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SimulatedMirror, startSimulatedMirror } from '@vhive/coordinator/assembly/simulation/simulated-mirror';
import { imageArchivePath } from '@vhive/shared';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { directoryTree } from '../support/directory-tree.ts';
import { plainCluster } from '../support/plain-cluster.ts';
import type { Program } from '../support/program.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const TOKEN = 'ghp-0123456789-secret';
const target = 'ghcr.io/me/app:esgz';
const withRegistry = { ...plainCluster, registry: { local: true } };

let cluster: SimulatedCluster;
let file: string;
let archive: string;
let simulatedMirror: SimulatedMirror;
let mirror: Server;
const asked: string[] = [];
let programs: Program[];

/** The image that is to be loaded, of which the mirror tree has an archive. */
const preloaded = 'docker.io/library/preloaded:1';

/** Makes a docker archive of the image. */
async function archiveOf(ref: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-archive-'));
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } };
  await writeFile(join(directory, 'config.json'), JSON.stringify(config));
  await writeFile(
    join(directory, 'manifest.json'),
    JSON.stringify([{ Config: 'config.json', RepoTags: [ref], Layers: [] }]),
  );
  await execa('tar', ['cf', 'image.tar', 'manifest.json', 'config.json'], { cwd: directory });
  return join(directory, 'image.tar');
}

/** Starts a mirror tree that has this archive beside what that of a simulation has. */
async function startMirror(): Promise<string> {
  simulatedMirror = await startSimulatedMirror();
  mirror = createServer(async (request, response) => {
    if (request.url !== `/${imageArchivePath(preloaded, 'amd64')}`) {
      const answer = await fetch(`${simulatedMirror.url}${request.url}`, { method: request.method ?? 'GET' });
      const content = Buffer.from(await answer.arrayBuffer());
      const length = answer.headers.get('content-length') ?? content.length;
      response.writeHead(answer.status, { 'content-length': length }).end(content);
      return;
    }
    if (request.method === 'GET') asked.push(request.url);
    const content = await readFile(archive);
    response.writeHead(200, { 'content-length': content.length }).end(request.method === 'HEAD' ? '' : content);
  });
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  archive = await archiveOf(preloaded);
  cluster = await SimulatedCluster.create();
  const coordinator = await cluster.serve(['--log-level', 'trace', '--mirror', await startMirror()]);
  programs = [coordinator, ...(await cluster.agents(2))];
  file = join(cluster.directory, 'credentials');
  await writeFile(file, `me:${TOKEN}\n`, { mode: 0o600 });
});
afterAll(async () => {
  await cluster.stop();
  await simulatedMirror.stop();
  mirror.closeAllConnections();
  mirror.close();
  await rm(dirname(archive), { recursive: true });
});

/** Runs a command about images, and returns how it ended and what it told of images. */
async function image(...words: string[]) {
  const program = await cluster.run(['image', ...words, '--output', 'json']);
  programs.push(program);
  const result = await program.result();
  const images = program.lines().filter((line) => line.type === 'image');
  return { result, images, program };
}

const credentials = () => ['--credentials-file', file];

describe('before there is a cluster with eStargz', () => {
  it('a command says so and touches nothing', async () => {
    expect((await image('optimize', 'app:1', target)).result).toMatchObject({
      exitCode: 2,
      message: 'there is no cluster yet',
    });
    const up = await cluster.up(2, [], withRegistry);
    expect(await up.result()).toMatchObject({ outcome: 'ready' });
    expect((await image('optimize', 'app:1', target)).result).toMatchObject({
      exitCode: 2,
      message: 'this cluster has no eStargz, so ctr-remote is on no node',
      hint: expect.stringContaining('--stargz'),
    });
    const runs = await (await cluster.client()).runs();
    expect(runs.filter(({ job }) => job !== undefined)).toEqual([]);
  });
});

describe('image optimize', () => {
  beforeAll(async () => {
    const up = await cluster.up(2, ['--stargz'], withRegistry);
    expect(await up.result()).toMatchObject({ outcome: 'ready' });
  });

  it('pulls, optimizes and pushes on the master, and says which digest', async () => {
    const { result, images, program } = await image('optimize', 'app:1', target, ...credentials());
    expect(result, program.stderr).toMatchObject({ exitCode: 0, runId: expect.stringMatching(/^run-/) });
    expect(images).toEqual([
      {
        ...{ time: expect.any(String), type: 'image', image: target, from: 'docker.io/library/app:1' },
        ...{ status: 'pushed', node: 'sim-1', digest: expect.stringMatching(/^sha256:/), changed: true },
      },
    ]);
    const again = await image('optimize', 'app:1', target, '--node', 'sim-1', '--no-push');
    expect(again.images).toMatchObject([{ status: 'optimized', changed: false }]);
  });

  it('leaves the token nowhere: not in events, plans, output or files', async () => {
    const client = await cluster.client();
    const runs = (await client.runs()).filter(({ job }) => job !== undefined);
    const events = JSON.stringify(await Promise.all(runs.map(({ runId }) => cluster.events(runId))));
    expect(events).toContain('"sealed":');
    await cluster.run(['logs', '--run', runs[0]?.runId ?? '', '--export', join(cluster.directory, 'exported')]);
    const directories = ['exported', 'agents'].map((name) => join(cluster.directory, name));
    const trees = await Promise.all(
      [...directories, cluster.stateDir, cluster.simulation].map((one) => directoryTree(one)),
    );
    const files = trees.flat().map(({ content }) => content?.toString() ?? '');
    expect(files.join('\n')).toContain('(simulated) sh');
    for (const text of [events, ...files, ...programs.map(({ stdout, stderr }) => stdout + stderr)]) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain(Buffer.from(`me:${TOKEN}`).toString('base64'));
    }
  });

  it.each([
    ['an unknown node', ['--node', 'sim-7'], 2, /there is no node sim-7/],
    ['a file with credentials that is not there', ['--credentials-file', '/nowhere'], 2, /cannot be read: ENOENT/],
    ['two ways to say who one is', ['--user', 'me', '--credentials-file', '/x'], 2, /--user/],
    ['a platform that there is not', ['--platform', 'linux/mips'], 2, /linux\/amd64/],
  ])('refuses %s', async (_title, words, exitCode, message) => {
    const { result } = await image('optimize', 'app:1', target, ...words);
    expect(result).toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });

  it('refuses names that are none, and an image of its own name', async () => {
    for (const [words, message] of [
      [['App:1', target], '"App:1" is not a reference'],
      [['app:1', 'app:1'], 'cannot be its own eStargz image'],
      [['app:1', `app@sha256:${'a'.repeat(64)}`], 'a new image has no digest yet'],
    ] as const)
      expect((await image('optimize', ...words)).result).toMatchObject({
        exitCode: 2,
        message: expect.stringContaining(message),
      });
  });

  it.each([
    [
      'the image is not there',
      'ctr pull',
      'ctr: failed to resolve: not found',
      'there is no image docker.io/library/app:1',
    ],
    ['the registry refuses', 'sh push', 'ctr: unexpected status: 401 Unauthorized', 'ghcr.io refuses pushing'],
    ['the disk is full', 'ctr-remote optimize', 'write: no space left on device', 'no space is left on the disk'],
  ])('%s: exit code 4, and why', async (_title, command, message, expected) => {
    await cluster.faults('sim-1', [{ command, effect: 'fail', message }]);
    const { result } = await image(
      'optimize',
      'app:1',
      `ghcr.io/me/app:${command.replace(' ', '-')}`,
      ...credentials(),
    );
    await cluster.faults('sim-1', []);
    expect(result).toMatchObject({ exitCode: 4, message: expect.stringContaining(expected) });
  });
});

describe('image push', () => {
  it('puts the images of a list into the registry in the cluster', async () => {
    const list = await cluster.file('images.txt', '# two\nnginx:1.27\nghcr.io/ease-lab/pyaes:var_workload\n');
    const { result, images, program } = await image('push', '--from', list, 'nginx:1.27');
    expect(result, program.stderr).toMatchObject({ exitCode: 0 });
    const registry = 'docker-registry.registry.svc.cluster.local:5000';
    expect(images).toMatchObject([
      { image: `${registry}/library/nginx:1.27`, from: 'docker.io/library/nginx:1.27', status: 'pushed' },
      { image: `${registry}/ease-lab/pyaes:var_workload`, node: 'sim-1' },
    ]);
  });

  it('refuses a bad line, and a registry that is none, before anything is touched', async () => {
    const list = await cluster.file('bad.txt', 'nginx\nBAD LINE\n');
    for (const command of ['push', 'preload'])
      expect((await image(command, '--from', list)).result).toMatchObject({
        exitCode: 2,
        message: `${list}:2: "BAD LINE" is not a reference of a container image`,
      });
    expect((await image('push', 'nginx', '--registry', 'mine')).result).toMatchObject({ exitCode: 2 });
  });
});

describe('image preload', () => {
  it('loads images on all nodes, once from outside; and again changes nothing', async () => {
    const { result, images, program } = await image('preload', 'preloaded:1');
    expect(result, program.stderr).toMatchObject({ exitCode: 0 });
    expect(images).toMatchObject([
      { image: preloaded, status: 'preloaded', node: 'sim-1', changed: true },
      { image: preloaded, status: 'preloaded', node: 'sim-2', changed: true },
    ]);
    const again = await image('preload', 'preloaded:1', '--node', 'sim-2');
    expect(again.images).toMatchObject([{ node: 'sim-2', changed: false }]);
    expect(asked).toHaveLength(1);
  });
});
