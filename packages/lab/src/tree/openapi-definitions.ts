import { dirname, join } from 'node:path';
import { runCommand } from './command.ts';
import type { GoToolchain } from './go/go-toolchain.ts';
import type { MirrorPaths } from './paths.ts';

const packageRoot = 'k8s.io/kubernetes';

/**
 * Returns the import paths that openapi-gen should read, from the files that carry its marker.
 *
 * @param files paths relative to the Kubernetes source
 */
export function openapiInputPackages(files: readonly string[]): string[] {
  const directories = files
    .filter((file) => !/_test\.go$|k8s\.io\/(code-generator|sample-apiserver)\/|zz_generated/.test(file))
    .map((file) => dirname(file).replace(/^staging\/src\//, 'vendor/'));
  return [...new Set(directories)].sort().map((directory) => `${packageRoot}/${directory}`);
}

/**
 * Generates pkg/generated/openapi, which the API server compiles in and which is not part of the source package. It
 * does what hack/make-rules/helpers and the Makefile.generated_files of Kubernetes do, without their checks for a git
 * work tree and for a Go of that time.
 */
export async function generateOpenapiDefinitions(
  paths: MirrorPaths,
  toolchain: GoToolchain,
  signal: AbortSignal | undefined,
): Promise<void> {
  const settings = {
    purpose: 'generating the OpenAPI definitions of Kubernetes',
    cwd: paths.kubernetes,
    env: toolchain.environment,
    signal,
  };
  const generator = join(paths.bin, 'openapi-gen');
  const build = [
    'build',
    '-trimpath',
    '-gcflags=all=-dwarf=false',
    '-o',
    generator,
    './vendor/k8s.io/kube-openapi/cmd/openapi-gen',
  ];
  await runCommand('nice', ['-n', '10', toolchain.go, ...build], settings);
  const search = ['-rl', '--include=*.go', '--fixed-strings', '+k8s:openapi-gen='];
  const marked = await runCommand('grep', [...search, 'pkg', 'cmd', 'plugin', 'staging/src/k8s.io'], settings);
  const args = [
    '--logtostderr',
    ...['-i', openapiInputPackages(marked.split('\n')).join(',')],
    ...['-p', `${packageRoot}/pkg/generated/openapi`],
    ...['-O', 'zz_generated.openapi'],
    ...['-h', 'vendor/k8s.io/code-generator/hack/boilerplate.go.txt'],
    ...['-r', join(paths.build, 'openapi-violations')],
  ];
  await runCommand('nice', ['-n', '10', generator, ...args], settings);
}
