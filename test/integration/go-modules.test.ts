import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModuleProxy } from '@vhive/agent/actions/go/module-proxy.fixture';
import { packGoModules } from '@vhive/coordinator/artifacts/mirror/pack-go-modules';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { needing } from '../support/debian-tools.ts';
import { goToolchain } from '../support/go-toolchain.ts';

// These tests use a real Go and a module proxy made of files, and show that what a pull packs is what a build without
// the internet takes.
const go = await goToolchain();
const goRoot = 'root' in go ? go.root : undefined;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-modules-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function archive(name: string, files: Record<string, string>): Promise<string> {
  const tree = join(directory, `${name}-tree`);
  for (const [path, text] of Object.entries(files)) {
    const file = join(tree, name, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
    if (text.startsWith('#!')) await chmod(file, 0o755);
  }
  await execa('tar', ['-czf', join(directory, `${name}.tar.gz`), '-C', tree, name]);
  return join(directory, `${name}.tar.gz`);
}

it.skipIf('missing' in go)(
  needing(go, 'modules packed by a pull are those a build without the internet needs'),
  async () => {
    const proxy = join(directory, 'proxy');
    const sums = await writeModuleProxy(proxy, {
      path: 'example.org/greeting',
      version: 'v1.2.3',
      files: { 'go.mod': 'module example.org/greeting\n', 'greeting.go': 'package greeting\n\nconst Text = "made"\n' },
    });
    const source = {
      'go.mod': 'module example.org/program\n\ngo 1.18\n\nrequire example.org/greeting v1.2.3\n',
      'go.sum': sums,
      'main.go': 'package main\n\nimport "example.org/greeting"\n\nfunc main() { println(greeting.Text) }\n',
    };
    const files = {
      // The archive holds the Go of this machine in place of the publisher's.
      go: await archive('go', { 'bin/go': `#!/bin/sh\nGOROOT='${goRoot}' exec '${goRoot}/bin/go' "$@"\n` }),
      source: await archive('program', source),
    };
    const scratch = join(directory, 'scratch');
    await mkdir(scratch);
    const packed = join(directory, 'tree/modules.tar.gz');
    const before = { GOPROXY: process.env.GOPROXY, GONOSUMDB: process.env.GONOSUMDB };
    Object.assign(process.env, { GOPROXY: `file://${proxy},off`, GONOSUMDB: '*' });
    try {
      expect(await packGoModules(files, packed, { scratch, signal: AbortSignal.timeout(60_000) })).toBe(true);
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    await rm(proxy, { recursive: true });

    const modules = join(directory, 'modules');
    await mkdir(modules);
    await execa('tar', ['-xzf', packed, '-C', modules]);
    expect(await readdir(modules)).toEqual(['example.org']);
    const env = {
      GOROOT: goRoot,
      HOME: directory,
      GOPATH: join(directory, 'path'),
      GOCACHE: join(directory, 'cache'),
      GOPROXY: `file://${modules},off`,
      GOSUMDB: 'off',
      GOTOOLCHAIN: 'local',
      GOFLAGS: '-modcacherw',
    };
    const cwd = join(directory, 'program-tree/program');
    await execa(`${goRoot}/bin/go`, ['build', '-mod=readonly', '-o', join(directory, 'made'), '.'], { cwd, env });
    expect((await execa(join(directory, 'made'))).stderr).toBe('made');
  },
  180_000,
);
