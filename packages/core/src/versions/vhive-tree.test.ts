import { describe, expect, it } from 'vitest';
import { standInVhiveSource } from './vhive-stand-in.ts';
import { contradictions, type PlannedVhive, readVhiveTree, tellsOfTree, type VhiveTree } from './vhive-tree.ts';

function read(files: Record<string, string>): VhiveTree | undefined {
  const texts = Object.entries(files).filter(([path]) => tellsOfTree(path));
  return readVhiveTree(new Map(texts), Object.keys(files));
}

const main = standInVhiveSource('current');

describe('a tree of vHive', () => {
  it('says which generation it is, and its Go, kernel and flags', () => {
    expect(read(main)).toMatchObject({ generation: 'current', go: '1.26.2', kernel: 'vmlinux-5.10.186' });
    expect(read(main)?.flags).toContain('lazy');
    const legacy = read(standInVhiveSource('legacy'));
    expect(legacy).toMatchObject({ generation: 'legacy', go: '1.19.10', oldestGo: '1.19', kernel: null });
    expect(legacy?.flags).not.toContain('netPoolSize');
  });

  it.each([
    ['go 1.27', '1.26.2', '1.27.0'],
    ['go 1.20', 'none', '1.20'],
    ['go 1.26.2', '1.26.5', '1.26.5'],
    ['go 1.28.1', '1.26.2', '1.28.1'],
  ])('with "%s" in go.mod and %s in its set-up is compiled with Go %s', (line, installed, go) => {
    const files = {
      ...main,
      'go.mod': `module m\n\n${line}\n\ntoolchain go1.99.0\n`,
      'configs/setup/system.json': installed === 'none' ? '{}' : `{ "GoVersion": "${installed}" }`,
    };
    expect(read(files)?.go).toBe(go);
  });

  it('boots the newest kernel of its bin/', () => {
    expect(read({ ...main, 'bin/vmlinux-6.1.2': '', 'bin/vmlinux-5.4.0': '' })?.kernel).toBe('vmlinux-6.1.2');
  });

  it.each(['go.mod', 'vhive.go', 'cri/service.go'])('is none without %s', (path) => {
    const { [path]: _, ...rest } = main;
    expect(read(rest)).toBeUndefined();
  });
});

describe('a tree contradicts a plan', () => {
  const tree = read(main) as VhiveTree;
  const planned: PlannedVhive = { generation: 'current', flags: ['snapshots', 'upf', 'lazy'], go: null };
  const messages = (one: VhiveTree, changes: Partial<PlannedVhive> = {}) =>
    contradictions(one, { ...planned, ...changes }).map(({ message, fix }) => `${message} (${fix})`);

  it('not where it is what was planned for', () => {
    expect(messages(tree)).toEqual([]);
    expect(messages(tree, { go: '1.26.2' })).toEqual([]);
  });

  it('of another generation', () => {
    expect(messages(tree, { generation: 'legacy' })).toEqual([
      expect.stringMatching(/of the current generation \(it speaks CRI v1\).*set firecracker.generation: current/),
    ]);
  });

  it('that lacks a flag, the kernel, or a Go that is new enough', () => {
    expect(messages({ ...tree, flags: ['upf'] })).toEqual([expect.stringContaining('no flag -snapshots, -lazy')]);
    expect(messages({ ...tree, kernel: null })).toEqual([expect.stringContaining('no vmlinux-')]);
    expect(messages(tree, { go: '1.22.1' })).toEqual([
      expect.stringMatching(/asks for Go 1.26.2, and versions.go is 1.22.1 \(leave versions.go out/),
    ]);
  });
});
