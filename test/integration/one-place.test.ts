import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const sources = globSync('packages/*/src/**/*.ts', { cwd: root })
  .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

const features = 'packages/core/src/features.ts';
const legacyRef = 'packages/shared/src/cluster-file/firecracker.ts';

/**
 * Each entry names something that is decided in one file, with the pattern of what another file would contain if it
 * decided the same again.
 */
const decided: [what: string, pattern: RegExp, files: string[]][] = [
  [
    'what isolates functions',
    /sandbox\b(['"]\])?\s*[!=]==?|[!=]==?\s*['"](firecracker|gvisor|stock-only)['"]/,
    [features],
  ],
  ['what follows from the sandbox, by a table', /\[(config\.)?sandbox\]/, [features]],
  ['which vHive is the legacy one', /vhiveRef\s*[!=]==?|[!=]==?\s*LEGACY_VHIVE_REF|\/legacy/, [features]],
  ['the name of the legacy branch', /legacy-firecracker/, [legacyRef]],
  ['whether there is Knative', /\bknative\.enabled\b(?!:| is|['"])/, [features]],
  ['whether there are GPUs', /\bextras\.nvidia\b(?!['"])/, [features]],
  ['whether there are traces', /\bextras\.zipkin\b(?!['"])/, [features]],
  ['which pod network there is', /plugin\s*[!=]==?/, [features]],
  ['the line that marks our files', /# Written by vHive/, ['packages/core/src/phases/kit/written-by-vhive.ts']],
  ['registries without TLS', /registry\.insecure\]/, ['packages/core/src/phases/runtime/registry-hosts.ts']],
  ['Debian’s words for architectures', /x64: 'amd64'/, ['packages/base/src/debian-arch.ts']],
];

describe('one place alone decides', () => {
  it.each(decided)('%s', (_, pattern, files) => {
    expect(sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual(files);
  });
});

it('no step is named by hand: only kit/steps.ts makes ids', () => {
  const byHand = /\b(needs|after|id): .*(`[a-z-]+\/\$\{|'[a-z-]+\/[a-z-]+')/;
  const phases = sources.filter(({ file }) => file.startsWith('packages/core/src/phases/'));
  expect(phases.length).toBeGreaterThan(60);
  expect(phases.filter(({ text }) => byHand.test(text)).map(({ file }) => file)).toEqual([]);
});
