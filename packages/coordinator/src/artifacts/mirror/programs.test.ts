import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exampleInput } from '@vhive/core/plan/example-input.fixture';
import { buildPlan } from '@vhive/core/plan/index';
import { create, list } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mirrorPath } from '../sources/mirror-tree.ts';
import { imagesInObjects } from './manifest-images.ts';
import { packGoModules } from './pack-go-modules.ts';
import { needsOf } from './plan-needs.ts';
import { renderManifest } from './rendered-manifests.ts';

let directory: string;
let scratch: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-programs-'));
  scratch = join(directory, 'scratch');
  await mkdir(scratch);
});
afterEach(() => rm(directory, { recursive: true }));
const signal = AbortSignal.timeout(20_000);

/** Makes an archive of text files. Those that begin with "#!" are programs. */
async function archive(path: string, files: Record<string, string>): Promise<string> {
  const source = await mkdtemp(join(directory, 'source-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(source, name)), { recursive: true });
    await writeFile(join(source, name), text);
    if (text.startsWith('#!')) await chmod(join(source, name), 0o755);
  }
  await mkdir(dirname(path), { recursive: true });
  await create({ gzip: true, file: path, cwd: source }, await readdir(source));
  return path;
}

const gvisor = buildPlan(exampleInput(2, { sandbox: 'gvisor', extras: { prometheus: { enabled: true } } }, true));

describe('manifests that programs make', () => {
  const pathOf = (text: string) => {
    const wanted = needsOf(gvisor).manifests.find(
      ({ title, source }) => source.type === 'rendered' && title.includes(text),
    );
    if (wanted?.source.type !== 'rendered') throw new Error(`no manifest of ${text}`);
    return wanted.source.path;
  };
  const treePath = (name: string) => {
    const file = needsOf(gvisor).files.find((one) => one.name === name);
    return join(directory, mirrorPath(file?.url ?? ''));
  };

  it('are made with the program of the tree, with the arguments and the input of the plan', async () => {
    const istioctl = '#!/bin/sh\necho "arguments: $1 $2 $3"; echo "home: $HOME"; cat "$4"\n';
    await archive(treePath('istioctl'), { istioctl });
    const text = await renderManifest(pathOf('Istio'), { plan: gvisor, tree: directory, scratch, signal });
    expect(text).toContain('arguments: manifest generate -f');
    expect(text).toContain(`home: ${scratch}`);
    expect(text).toContain('"kind": "IstioOperator"');
  });

  it('are made from a chart of the tree', async () => {
    await archive(treePath('helm'), { 'linux-amd64/helm': '#!/bin/sh\nhead -c 5 "$3"\n' });
    await mkdir(dirname(treePath('kube-prometheus-stack')), { recursive: true });
    await writeFile(treePath('kube-prometheus-stack'), 'chart');
    const text = await renderManifest(pathOf('prometheus'), { plan: gvisor, tree: directory, scratch, signal });
    expect(text).toBe('chart');
  });

  it('are not known when the plan makes none there; what the program says is the reason when it fails', async () => {
    const surroundings = { plan: gvisor, tree: directory, scratch, signal };
    expect(await renderManifest('/etc/vhive/other.yaml', surroundings)).toBeUndefined();
    await archive(treePath('istioctl'), { istioctl: '#!/bin/sh\necho "not on this machine" >&2; exit 3\n' });
    await expect(renderManifest(pathOf('Istio'), surroundings)).rejects.toThrow('not on this machine');
  });
});

describe('modules of Go', () => {
  const go = `#!/bin/sh
mkdir -p "$GOMODCACHE/cache/download/example.org/tool/@v" "$GOMODCACHE/cache/download/sumdb"
grep -q "module example.org/made" go.mod || exit 9
echo "$1 $2 $GOTOOLCHAIN" > "$GOMODCACHE/cache/download/example.org/tool/@v/v1.0.0.mod"
touch "$GOMODCACHE/cache/download/example.org/tool/@v/v1.0.0.lock"
`;
  const files = async (tree: Record<string, string>) => ({
    go: await archive(join(directory, 'go.tar.gz'), { 'go/bin/go': go }),
    source: await archive(join(directory, 'source.tar.gz'), tree),
  });

  it('are packed as a file GOPROXY is laid out, without locks and the checksum database', async () => {
    const target = join(directory, 'tree/modules.tar.gz');
    const source = { 'vHive-main/go.mod': 'module example.org/made\n' };
    expect(await packGoModules(await files(source), target, { scratch, signal })).toBe(true);
    const names: string[] = [];
    await list({ file: target, onReadEntry: (entry) => names.push(entry.path) });
    expect(names.filter((name) => !name.endsWith('/'))).toEqual(['example.org/tool/@v/v1.0.0.mod']);
    expect(await readdir(join(directory, 'tree'))).toEqual(['modules.tar.gz']);
  });

  it('are not asked for when the source brings them, and not half packed when Go fails', async () => {
    const target = join(directory, 'tree/modules.tar.gz');
    const vendored = { 'vHive-main/go.mod': 'module example.org/made\n', 'vHive-main/vendor/modules.txt': '# none\n' };
    expect(await packGoModules(await files(vendored), target, { scratch, signal })).toBe(false);
    await rm(scratch, { recursive: true });
    const other = await files({ 'vHive-main/go.mod': 'module example.org/other\n' });
    await expect(packGoModules(other, target, { scratch, signal })).rejects.toThrow('exit code 9');
    expect(await readdir(directory)).not.toContain('tree');
  });
});

describe('what a plan needs', () => {
  it('is every file once, and images of tasks, objects and functions', () => {
    const { files, images, applied, manifests } = needsOf(buildPlan(exampleInput(3, {}, true)));
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['kubelet', 'firecracker', 'serving-core', 'vhive-source']),
    );
    expect(new Set(files.map(({ url }) => url)).size).toBe(files.length);
    expect(files.some(({ optional }) => optional)).toBe(false);
    expect(images).toContain('registry.k8s.io/pause:3.10.1');
    const ofObjects = applied.flatMap(imagesInObjects);
    expect(ofObjects).toContain('ghcr.io/ease-lab/helloworld:var_workload');
    const sources = manifests.map(({ source }) => (source.type === 'file' ? source.url : source.path));
    expect(sources).toEqual(expect.arrayContaining([expect.stringContaining('serving-core.yaml')]));
    expect(sources).toEqual(expect.arrayContaining([expect.stringContaining('istio.yaml')]));
  });
});
