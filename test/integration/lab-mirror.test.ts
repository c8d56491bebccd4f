import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { catalogue } from '@vhive/core/versions/catalogue';
import { labClusterFile } from '@vhive/lab/cluster/cluster-file';
import type { LabSoftware } from '@vhive/lab/cluster/lab-software';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { debianTools, needing } from '../support/debian-tools.ts';
import { type ImageRegistry, startImageRegistry } from '../support/image-registry.ts';
import { type PretendedInternet, pretendInternet } from '../support/pretended-internet.ts';
import { pushSmallImage } from '../support/small-image.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const tools = await debianTools({ skopeo: 'skopeo', 'docker-registry': 'docker-registry' });
const program = join(import.meta.dirname, '../support/make-lab-mirror.ts');
const kubectl = `dl.k8s.io/release/v${catalogue.kubernetes.version}/bin/linux/amd64/kubectl`;
/** An internet that nobody can reach. */
const cutOff = { HTTPS_PROXY: 'http://127.0.0.1:9' };

describe.skipIf('missing' in tools)(needing(tools, 'the mirror tree of a lab'), () => {
  let directory: string;
  let cacheDir: string;
  let registry: ImageRegistry;
  let internet: PretendedInternet;

  beforeAll(async () => {
    if ('path' in tools) process.env.PATH = `${tools.path}${delimiter}${process.env.PATH}`;
    directory = await mkdtemp(join(tmpdir(), 'vhive-lab-mirror-'));
    cacheDir = join(directory, 'cache');
    registry = await startImageRegistry(join(directory, 'registry'));
    await pushSmallImage(`${registry.host}/stand-in/image:latest`, { content: 'stands for any image' });
    internet = await pretendInternet(directory, { registry: registry.host, repository: 'stand-in/image' });
  });
  beforeEach(() => {
    internet.requests.length = 0;
    internet.broken.clear();
  });
  afterAll(async () => {
    await internet.stop();
    await registry.stop();
    await rm(directory, { recursive: true });
  });

  const start = (words: readonly string[], env: Readonly<Record<string, string>>) =>
    execa(process.execPath, [program, ...words], { env, reject: false, stdin: 'ignore' });

  /** Makes the tree to the end, and returns what was said of it. */
  async function make(words: readonly string[], env = internet.env) {
    const { exitCode, stdout, stderr } = await start(words, env);
    const software = exitCode === 0 ? (JSON.parse(stdout) as LabSoftware) : undefined;
    return { exitCode, software, lines: stderr.split('\n') };
  }

  /** Makes the tree until a line is said, and kills it then. Returns all lines before. */
  async function makeUntil(words: readonly string[], env: Readonly<Record<string, string>>, part: string) {
    const running = start(words, env);
    const lines: string[] = [];
    for await (const line of running.iterable({ from: 'stderr' })) {
      lines.push(line);
      if (line.includes(part)) running.kill('SIGKILL');
    }
    await running;
    expect(lines.join('\n')).toContain(part);
    return lines;
  }

  const pulled = (lines: readonly string[]) => lines.filter((line) => line.startsWith('pulled '));
  const mirror = () => join(cacheDir, 'lab/mirror');

  it('is pulled from publishers who answer; one that was killed goes on with what is missing', async () => {
    const before = await makeUntil([cacheDir, 'kubernetes-only'], internet.env, 'pulled registry.k8s.io');
    expect(before[0]).toMatch(/^the publishers answer \(dl\.k8s\.io, github\.com, .*nothing is compiled$/);
    expect(pulled(before).length).toBeGreaterThan(3);
    const { exitCode, software, lines } = await make([cacheDir, 'kubernetes-only']);
    expect({ exitCode, software }).toMatchObject({ exitCode: 0, software: { directory: mirror(), compiled: false } });
    const titles = pulled(before).map((line) => line.replace(/:.*/, ''));
    expect(pulled(lines).filter((line) => titles.includes(line.replace(/:.*/, '')))).toEqual([]);
    expect(await readdir(join(cacheDir, 'lab/build'))).toEqual([]);
  });

  it('is up to date the next time: nobody is asked, also for less, and where nothing can be reached', async () => {
    const { software, lines } = await make([cacheDir, 'kubernetes-only'], cutOff);
    expect({ software, lines }).toMatchObject({ software: { compiled: false }, lines: [''] });
    expect(internet.requests).toEqual([]);
  });

  it('names what a publisher does not have any more, and what to do, and does not compile instead', async () => {
    const kn = `github.com/knative/client/releases/download/knative-v${catalogue.kn.version}/kn-linux-amd64`;
    internet.broken.set(kn, 404);
    const { exitCode, lines } = await make([cacheDir, 'serving']);
    expect(exitCode).toBe(4);
    const end = lines.slice(lines.findIndex((line) => line.includes('could not be had whole'))).join('\n');
    expect(end).toContain(`https://${kn}`);
    expect(end).toMatch(/hint: the same command goes on with what is missing; --source compile/);
    // The tree for less is as it was.
    expect(await readdir(mirror())).toContain('vhive.lock');
  });

  it('for more takes what the tree has, and has nothing but what publishers gave: no stand-in', async () => {
    const { exitCode, software, lines } = await make([cacheDir, 'serving']);
    expect(exitCode).toBe(0);
    expect(pulled(lines)).toHaveLength(1);
    expect(internet.requests).not.toContain(`${kubectl}.sha256`);
    const kn = join(mirror(), `github.com/knative/client/releases/download/knative-v${catalogue.kn.version}`);
    expect(await readFile(join(kn, 'kn-linux-amd64'), 'utf8')).toContain('SIMULATED');
    expect(software?.versions).toMatchObject({ kn: catalogue.kn.version, netIstio: catalogue.netIstio.version });
    if (software) expect(labClusterFile(3, software, 'serving')).not.toContain('stand-in');
  });

  it('is compiled where publishers do not answer, and says which and why', async () => {
    const other = join(directory, 'cut-off');
    const lines = await makeUntil([other, 'serving'], cutOff, 'is compiled');
    expect(lines[0]).toMatch(/^the publishers do not answer \(dl\.k8s\.io: .*ECONNREFUSED.*; github\.com: /);
    expect(await readdir(join(other, 'lab'))).not.toContain('mirror.json');
  });

  it('is from the publishers where that is asked for, whether they answer or not', async () => {
    internet.broken.set(`registry.k8s.io/v2/kube-apiserver/manifests/v${catalogue.kubernetes.version}`, 503);
    const words = [join(directory, 'forced'), 'kubernetes-only'];
    const [said] = await makeUntil(words, internet.env, 'is compiled');
    expect(said).toContain('do not answer (registry.k8s.io: status 503)');
    const [first] = await makeUntil([...words, 'publishers'], internet.env, 'pulled ');
    expect(first).toMatch(/^pulled /);
  });

  it('is compiled where that is asked for, though publishers answer', async () => {
    await makeUntil([join(directory, 'compiled'), 'kubernetes-only', 'compile'], internet.env, '');
    expect(internet.requests).toEqual([]);
  });
});
