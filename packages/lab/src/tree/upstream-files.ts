import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { catalogue } from '@vhive/core/versions/catalogue';
import type { ImageSources } from './images/image-plan.ts';
import { stackManifests } from './manifests/index.ts';
import { treePath } from './manifests/published-manifest.ts';
import { covers, type LabStack } from './stack-choice.ts';
import { kn } from './stand-ins/kn.ts';
import { stargzStore } from './stand-ins/stargz-store.ts';
import { vhiveFiles, vhiveSource, vhiveSourceAddress } from './stand-ins/vhive.ts';
import { writeTar } from './tarballs.ts';
import { type UpstreamFile, writeUpstreamFile } from './upstream-file.ts';

/** The Debian package from whose program the image of the image registry is made. */
export const extraPackages = ['docker-registry'] as const;

const release = (project: string, version: string, file: string) =>
  `github.com/${project}/releases/download/v${version}/${file}`;

/** Returns the files that every stack needs, at the addresses and with the archive layouts of the publishers. */
async function kubernetesFiles({ compiled, versions, architecture, paths }: ImageSources): Promise<UpstreamFile[]> {
  const { kubernetes, containerd, runc, cniPlugins, crictl } = versions;
  const { name: machine } = architecture;
  const entries = (component: string, names: readonly string[], prefix = '') =>
    Object.fromEntries(names.map((name) => [`${prefix}${name}`, compiled.program(component, name)]));
  const plugins = (await readdir(join(paths.bin, 'cni'))).toSorted();
  return [
    ...['kubeadm', 'kubelet', 'kubectl'].map((name) => ({
      address: `dl.k8s.io/release/v${kubernetes}/bin/linux/${machine}/${name}`,
      checksum: { suffix: '.sha256' },
      style: 'bare' as const,
      content: compiled.program('kubernetes', name),
    })),
    {
      address: release('containerd/containerd', containerd, `containerd-${containerd}-linux-${machine}.tar.gz`),
      checksum: { suffix: '.sha256sum' },
      style: 'named',
      content: entries('containerd', ['containerd', 'containerd-shim-runc-v2', 'ctr'], 'bin/'),
    },
    {
      address: release('opencontainers/runc', runc, `runc.${machine}`),
      checksum: { name: 'runc.sha256sum' },
      style: 'named',
      content: compiled.program('runc', 'runc'),
    },
    {
      address: release('containernetworking/plugins', cniPlugins, `cni-plugins-linux-${machine}-v${cniPlugins}.tgz`),
      checksum: { suffix: '.sha256' },
      style: 'named',
      content: entries('cni', plugins),
      prefix: './',
    },
    {
      address: release('kubernetes-sigs/cri-tools', crictl, `crictl-v${crictl}-linux-${machine}.tar.gz`),
      checksum: { suffix: '.sha256' },
      style: 'named',
      content: entries('crictl', ['crictl']),
    },
  ];
}

/** Writes a stand-in that is a script, and returns its path. */
async function script({ paths }: ImageSources, name: string, text: string): Promise<string> {
  await mkdir(paths.made, { recursive: true });
  const file = join(paths.made, name);
  await writeFile(file, text, { mode: 0o755 });
  return file;
}

async function servingFiles(sources: ImageSources): Promise<UpstreamFile[]> {
  const { compiled, versions, architecture } = sources;
  return [
    {
      address: treePath(catalogue.istio.files.istioctl.url, versions.istio, architecture.name),
      checksum: { suffix: '.sha256' },
      style: 'named',
      content: { istioctl: compiled.program('istio', 'istioctl') },
    },
    {
      address: treePath(catalogue.kn.files.kn.url, versions.kn, architecture.name),
      checksum: { name: 'checksums.txt' },
      style: 'named',
      content: await script(sources, 'kn', kn),
    },
  ];
}

async function runtimeFiles(sources: ImageSources): Promise<UpstreamFile[]> {
  const { compiled, versions, architecture } = sources;
  const snapshotter = ['containerd-stargz-grpc', 'ctr-remote'];
  return [
    ...['runsc', 'containerd-shim-runsc-v1'].map((name) => ({
      address: `storage.googleapis.com/gvisor/releases/release/${versions.gvisor}/${architecture.machine}/${name}`,
      checksum: { suffix: '.sha512' },
      style: 'named' as const,
      algorithm: 'sha512' as const,
      content: compiled.program('gvisor', name),
    })),
    {
      address: treePath(catalogue.stargz.files['stargz-snapshotter'].url, versions.stargz, architecture.name),
      checksum: { suffix: '.sha256sum' },
      style: 'named',
      content: {
        ...Object.fromEntries(snapshotter.map((name) => [name, compiled.program('stargz', name)])),
        'stargz-store': await script(sources, 'stargz-store', stargzStore),
      },
    },
  ];
}

/** Writes the publishers' files of a stack, with their checksums, and its manifests below `tree`. */
export async function writeUpstreamFiles(
  tree: string,
  stack: LabStack,
  sources: ImageSources,
  signal?: AbortSignal,
): Promise<void> {
  const { paths, versions, compiled } = sources;
  const work = join(paths.build, 'archive');
  const files = [
    ...(await kubernetesFiles(sources)),
    ...(covers(stack, 'serving') ? await servingFiles(sources) : []),
    ...(covers(stack, 'full') ? await runtimeFiles(sources) : []),
  ];
  for (const file of files) await writeUpstreamFile(tree, file, work, signal);
  for (const { address, text } of [
    ...(await stackManifests(stack, versions, compiled.moduleFolder)),
    ...vhiveFiles(),
  ]) {
    await mkdir(dirname(join(tree, address)), { recursive: true });
    await writeFile(join(tree, address), text);
  }
  await writeSourceArchive(join(tree, vhiveSourceAddress), work, signal);
}

/** Writes the archive of vHive's source as GitHub does, with one folder on top. */
async function writeSourceArchive(file: string, workDirectory: string, signal: AbortSignal | undefined): Promise<void> {
  await rm(workDirectory, { recursive: true, force: true });
  for (const [name, text] of Object.entries(vhiveSource())) {
    await mkdir(dirname(join(workDirectory, name)), { recursive: true });
    await writeFile(join(workDirectory, name), text);
  }
  await mkdir(dirname(file), { recursive: true });
  await writeTar(file, workDirectory, { signal });
  await rm(workDirectory, { recursive: true });
}
