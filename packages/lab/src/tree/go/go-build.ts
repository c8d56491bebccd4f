import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import type { MirrorPaths } from '../paths.ts';
import { standInImage } from '../stack/index.ts';
import { crictlVersion } from '../versions.ts';
import type { GoToolchain } from './go-toolchain.ts';
import { programSourceFolder } from './program-source.ts';

/** The programs of Kubernetes that the mirror tree offers. */
const kubernetesPrograms = [
  'kubeadm',
  'kubelet',
  'kubectl',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
] as const;

/**
 * The lab's own programs. Each is a folder of this name in `packages/lab/programs`, and becomes `bin/lab-<name>` when
 * it is compiled.
 */
export const labPrograms = ['crictl', 'dns', 'pause', 'standin'] as const;

/** Returns the linker flags by which the programs learn their own version, and the stand-in the name of its image. */
function versionFlags(kubernetes: string, debianVersion: string, standIn: string): string {
  const [major, minor] = kubernetes.split('.');
  const values = {
    gitVersion: `v${kubernetes}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    // Debian's patches are in it, so it is not a commit of upstream.
    gitCommit: `debian-${debianVersion}`,
  };
  const packages = ['component-base/version', 'client-go/pkg/version'].map(
    (path) => `k8s.io/kubernetes/vendor/k8s.io/${path}`,
  );
  const flags = packages.flatMap((path) =>
    Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`),
  );
  return [
    '-s',
    '-w',
    `-X main.version=v${crictlVersion(kubernetes)}`,
    `-X main.kubernetesVersion=v${kubernetes}`,
    `-X main.image=${standInImage(standIn)}`,
    ...flags,
  ].join(' ');
}

/**
 * Compiles Kubernetes and the lab's own programs into `paths.bin`. This takes about eight minutes on two cores with an
 * empty compiler cache and half a minute (for linking) with a full one. It always runs at low priority (nice 10).
 */
export async function buildPrograms(
  paths: MirrorPaths,
  toolchain: GoToolchain,
  versions: { readonly kubernetes: string; readonly debian: string; readonly standIn: string },
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const name of labPrograms) {
    // Inside the Kubernetes tree they find its vendored packages (CRI API, gRPC, client-go, DNS).
    const target = join(paths.kubernetes, 'cmd', `lab-${name}`);
    await rm(target, { recursive: true, force: true });
    await cp(programSourceFolder(name), target, { recursive: true });
  }
  await mkdir(paths.bin, { recursive: true });
  // The linker drops debug information (-w), so it need not be compiled. This saves a fifth of the compiler cache and
  // of the time.
  const flags = [
    '-v',
    '-trimpath',
    '-buildvcs=false',
    '-gcflags=all=-dwarf=false',
    `-ldflags=${versionFlags(versions.kubernetes, versions.debian, versions.standIn)}`,
  ];
  const commands = [...kubernetesPrograms, ...labPrograms.map((name) => `lab-${name}`)].map((name) => `./cmd/${name}`);
  let compiled = 0;
  const startedAt = performance.now();
  await runCommand('nice', ['-n', '10', toolchain.go, 'build', ...flags, '-o', `${paths.bin}/`, ...commands], {
    purpose: 'compiling Kubernetes',
    cwd: paths.kubernetes,
    env: toolchain.environment,
    signal,
    onErrorLine: (line) => {
      compiled += 1;
      if (compiled % 150 > 0) return;
      log(`compiled ${compiled} Go packages in ${Math.round((performance.now() - startedAt) / 1000)} s (now ${line})`);
    },
  });
}
