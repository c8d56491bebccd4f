import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

// The lab's own Go programs have Go tests beside them. They run here, since only these tests may ask for Go, in the
// modules that the programs are compiled in.

/** What the tests may take, in milliseconds: without the build's cache, two hundred packages are compiled first. */
const LIMIT_MS = 1_500_000;

const lab = join(import.meta.dirname, '../../packages/lab');

/** Returns the lab's own programs that are tools of a module, such as `greeter`. */
async function ownPrograms(group: string): Promise<string[]> {
  const text = await readFile(join(lab, 'modules', group, 'go.mod'), 'utf8');
  return [...text.matchAll(/^\s*(?:tool )?vhive\/lab\/[^/]+\/(?<program>\S+)$/gm)].map(([, program = '']) => program);
}

it.each([
  ['cluster', ['greeter', 'net-istio']],
  ['stargz', ['containerd-stargz-grpc', 'ctr-remote']],
])('the Go tests of the programs in the module %s pass', { timeout: LIMIT_MS }, async (group, programs) => {
  expect(await ownPrograms(group)).toEqual(programs);
  const folder = await mkdtemp(join(tmpdir(), 'vhive-lab-go-'));
  try {
    for (const file of ['go.mod', 'go.sum']) await cp(join(lab, 'modules', group, file), join(folder, file));
    for (const program of programs)
      await cp(join(lab, 'programs', program), join(folder, program), { recursive: true });
    // The flags with which the programs are compiled, so that the tests find in the compiler's cache what the build left.
    const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-pgo=off', '-gcflags=all=-dwarf=false'];
    const { all, exitCode } = await execa('go', ['test', ...flags, './...'], {
      ...{ cwd: folder, env: { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' }, all: true, reject: false },
    });
    expect(exitCode, all).toBe(0);
    process.stderr.write(`${all}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
