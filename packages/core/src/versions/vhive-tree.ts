import semver from 'semver';
import { atLeast } from './resolve.ts';

/** The generations of vHive: `legacy` speaks CRI v1alpha2, `current` speaks v1. */
export type VhiveGeneration = 'current' | 'legacy';

/** What a source tree of vHive says about what it wants around it. */
export interface VhiveTree {
  generation: VhiveGeneration;
  /** The version of Go with which upstream compiles it, such as 1.26.2. */
  go: string;
  /** The oldest Go that compiles it, from its go.mod. */
  oldestGo: string;
  /** The name of the kernel of microVMs in its bin/; null where it has none, as in the legacy branch. */
  kernel: string | null;
  /** The flags that its vhive.go knows, without the dash. */
  flags: string[];
}

/** Whether the text of a file, by its path in the tree, is needed to know the tree. */
export function tellsOfTree(path: string): boolean {
  return ['go.mod', 'vhive.go', SETUP].includes(path) || /^cri\/.*\.go$/.test(path);
}

/** The file in which upstream says which Go it installs. */
const SETUP = 'configs/setup/system.json';

/**
 * Reads what a tree of vHive wants around it.
 * @param texts the texts of the files for which {@link tellsOfTree} is true, by path
 * @param names the paths of all files of the tree
 * @returns undefined when it is no tree of vHive
 */
export function readVhiveTree(texts: ReadonlyMap<string, string>, names: readonly string[]): VhiveTree | undefined {
  const oldestGo = goOf(/^go (\S+)$/m.exec(texts.get('go.mod') ?? '')?.[1]);
  const main = texts.get('vhive.go');
  const cri = [...texts].flatMap(([path, text]) => (path.startsWith('cri/') ? [text] : [])).join('\n');
  const spoken = /"k8s\.io\/cri-api\/pkg\/apis\/runtime\/(v1alpha2|v1)"/.exec(cri)?.[1];
  if (oldestGo === undefined || main === undefined || spoken === undefined) return undefined;
  const installed = /"GoVersion":\s*"([^"]+)"/.exec(texts.get(SETUP) ?? '')?.[1];
  const kernels = names.flatMap((name) => /^bin\/(vmlinux-[^/]+)$/.exec(name)?.[1] ?? []);
  return {
    generation: spoken === 'v1alpha2' ? 'legacy' : 'current',
    go: installed !== undefined && atLeast(installed, oldestGo) ? installed : oldestGo,
    oldestGo,
    kernel:
      kernels.toSorted((a, b) => semver.rcompare(semver.coerce(a) ?? '0.0.0', semver.coerce(b) ?? '0.0.0'))[0] ?? null,
    flags: [...main.matchAll(/\bflag\.[A-Z]\w*\(\s*"([^"]+)"/g)].map(([, name = '']) => name),
  };
}

/** Returns the release of Go that a go.mod names. From 1.21 on, a first release ends in `.0`, and its name has that. */
function goOf(version: string | undefined): string | undefined {
  if (version === undefined || !/^\d+\.\d+$/.test(version)) return version;
  return atLeast(version, '1.21.0') ? `${version}.0` : version;
}

/** What a plan was made for, before the source was there. */
export interface PlannedVhive {
  generation: VhiveGeneration;
  /** The flags that vHive will be given, without the dash. */
  flags: readonly string[];
  /** The version of Go that the cluster file names; null where that of the tree is taken. */
  go: string | null;
}

/** Returns what in a tree contradicts a plan, each with what to do about it. */
export function contradictions(tree: VhiveTree, planned: PlannedVhive): { message: string; fix: string }[] {
  const found: { message: string; fix: string }[] = [];
  // Where the generation is another one, nothing else is to be expected to fit.
  if (tree.generation !== planned.generation)
    return [
      {
        message: `it is vHive of the ${tree.generation} generation (it speaks CRI ${tree.generation === 'legacy' ? 'v1alpha2' : 'v1'}), and the versions of this plan go with the ${planned.generation} one`,
        fix: `set firecracker.generation: ${tree.generation}`,
      },
    ];
  const unknown = planned.flags.filter((flag) => !tree.flags.includes(flag));
  if (unknown.length > 0)
    found.push({
      message: `its vhive.go has no flag ${unknown.map((flag) => `-${flag}`).join(', ')}, with which vHive would be started`,
      fix: 'leave out what needs it, or use another ref (firecracker.vhiveRef)',
    });
  if (planned.go !== null && !atLeast(planned.go, tree.oldestGo))
    found.push({
      message: `its go.mod asks for Go ${tree.oldestGo}, and versions.go is ${planned.go}`,
      fix: `leave versions.go out: Go ${tree.go} is taken then`,
    });
  if (tree.kernel === null && tree.generation === 'current')
    found.push({
      message: 'its bin/ has no vmlinux-<version>, the kernel of microVMs',
      fix: 'use a ref whose bin/ has one (firecracker.vhiveRef)',
    });
  return found;
}
