import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DigestAlgorithm } from '@vhive/base/files/hash-file';
import { defined } from '@vhive/shared';
import type { Architecture } from './architecture.ts';
import { type ChecksumStyle, writeChecksum } from './checksums.ts';
import type { MirrorPaths } from './paths.ts';
import { writeRunsc } from './runsc.ts';
import {
  istioctlAddress,
  knAddress,
  stackManifests,
  stackPrograms,
  standInImage,
  vhiveFiles,
  vhiveSource,
  vhiveSourceAddress,
} from './stack/index.ts';
import { writeTar } from './tarballs.ts';
import type { MirrorVersions } from './versions.ts';

/** The Debian packages whose programs are offered at their publishers' addresses. */
export const payloadPackages = ['containerd', 'runc', 'containernetworking-plugins', 'etcd-server'] as const;

/** Further packages of this kind: the sandbox gVisor, and the image registry, from which an image is made. */
export const extraPackages = ['runsc', 'docker-registry'] as const;

/** A file as its publisher offers it. */
interface UpstreamFile {
  /** The path in the mirror tree: `<host>/<path>` of the publisher's URL. */
  readonly address: string;
  /** The path of the publisher's checksum file: a suffix to the address, or another name in the same folder. */
  readonly checksum: { readonly suffix: string } | { readonly name: string };
  readonly style: ChecksumStyle;
  /** The algorithm of the checksum; sha256 by default. */
  readonly algorithm?: DigestAlgorithm;
  /**
   * The programs to put into an archive, from the name in the archive to the path of the program; or the path of the
   * one file that is offered as it is.
   */
  readonly content: Readonly<Record<string, string>> | string;
  /** The text that the publisher's archive has before every name. */
  readonly prefix?: './';
}

const release = (project: string, version: string, file: string) =>
  `github.com/${project}/releases/download/v${version}/${file}`;

/** Writes a program that is a text, and returns its path. */
async function program(paths: MirrorPaths, name: string, text: string): Promise<string> {
  await mkdir(paths.made, { recursive: true });
  const file = join(paths.made, name);
  await writeFile(file, text, { mode: 0o755 });
  return file;
}

/** Returns gVisor's two programs: Debian's runsc and, because Debian leaves out the shim, a stand-in for that. */
async function gvisorFiles(paths: MirrorPaths, version: string, machine: string): Promise<UpstreamFile[]> {
  await mkdir(paths.made, { recursive: true });
  const runsc = join(paths.made, 'runsc');
  await writeRunsc(join(paths.debian, 'usr/bin/runsc'), runsc);
  const shim = await program(paths, 'containerd-shim-runsc-v1', stackPrograms.shim);
  return Object.entries({ runsc, 'containerd-shim-runsc-v1': shim }).map(([name, content]) => ({
    address: `storage.googleapis.com/gvisor/releases/release/${version}/${machine}/${name}`,
    checksum: { suffix: '.sha512' },
    style: 'named',
    algorithm: 'sha512',
    content,
  }));
}

/** Returns what the tree offers besides images, at the addresses and with the archive layouts of the publishers. */
async function upstreamFiles(
  paths: MirrorPaths,
  versions: MirrorVersions,
  { name: architecture, machine }: Architecture,
): Promise<readonly UpstreamFile[]> {
  const { kubernetes, containerd, runc, cniPlugins, crictl } = versions;
  const containerdPrograms = [
    'containerd',
    'containerd-shim',
    'containerd-shim-runc-v1',
    'containerd-shim-runc-v2',
    'ctr',
  ];
  const pluginFolder = join(paths.debian, 'usr/lib/cni');
  const plugins = (await readdir(pluginFolder)).toSorted();
  const entries = (names: readonly string[], folder: string, prefix = '') =>
    Object.fromEntries(names.map((name) => [`${prefix}${name}`, join(folder, name)]));
  return [
    ...['kubeadm', 'kubelet', 'kubectl'].map((name) => ({
      address: `dl.k8s.io/release/v${kubernetes}/bin/linux/${architecture}/${name}`,
      checksum: { suffix: '.sha256' },
      style: 'bare' as const,
      content: join(paths.bin, name),
    })),
    {
      address: release('containerd/containerd', containerd, `containerd-${containerd}-linux-${architecture}.tar.gz`),
      checksum: { suffix: '.sha256sum' },
      style: 'named',
      content: entries(containerdPrograms, join(paths.debian, 'usr/bin'), 'bin/'),
    },
    {
      address: release('opencontainers/runc', runc, `runc.${architecture}`),
      checksum: { name: 'runc.sha256sum' },
      style: 'named',
      content: join(paths.debian, 'usr/sbin/runc'),
    },
    {
      address: release(
        'containernetworking/plugins',
        cniPlugins,
        `cni-plugins-linux-${architecture}-v${cniPlugins}.tgz`,
      ),
      checksum: { suffix: '.sha256' },
      style: 'named',
      content: entries(plugins, pluginFolder),
      prefix: './',
    },
    {
      address: release('kubernetes-sigs/cri-tools', crictl, `crictl-v${crictl}-linux-${architecture}.tar.gz`),
      checksum: { suffix: '.sha256' },
      style: 'named',
      content: { crictl: join(paths.bin, 'lab-crictl') },
    },
    {
      address: istioctlAddress(architecture),
      checksum: { suffix: '.sha256' },
      style: 'named',
      content: { istioctl: join(paths.bin, 'lab-standin') },
    },
    {
      address: knAddress(architecture),
      checksum: { name: 'checksums.txt' },
      style: 'named',
      content: await program(paths, 'kn', stackPrograms.kn),
    },
    ...(await gvisorFiles(paths, versions.gvisor, machine)),
  ];
}

/** Writes the publishers' files with their checksums below `tree`. */
export async function writeUpstreamFiles(
  tree: string,
  paths: MirrorPaths,
  versions: MirrorVersions,
  architecture: Architecture,
  signal?: AbortSignal,
): Promise<void> {
  for (const file of await upstreamFiles(paths, versions, architecture)) {
    const target = join(tree, file.address);
    await mkdir(dirname(target), { recursive: true });
    if (typeof file.content === 'string') await copyFile(file.content, target);
    else await writeProgramArchive(target, file.content, join(paths.build, 'archive'), file.prefix, signal);
    const { checksum } = file;
    const checksumFile = 'suffix' in checksum ? `${target}${checksum.suffix}` : join(dirname(target), checksum.name);
    await writeChecksum(target, checksumFile, file.style, signal, file.algorithm);
  }
  for (const { address, text } of [...stackManifests(standInImage(versions.standIn)), ...vhiveFiles()]) {
    await mkdir(dirname(join(tree, address)), { recursive: true });
    await writeFile(join(tree, address), text);
  }
  await writeSourceArchive(join(tree, vhiveSourceAddress), join(paths.build, 'archive'), signal);
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

async function writeProgramArchive(
  file: string,
  programs: Readonly<Record<string, string>>,
  workDirectory: string,
  prefix: './' | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await rm(workDirectory, { recursive: true, force: true });
  for (const [name, source] of Object.entries(programs)) {
    await mkdir(dirname(join(workDirectory, name)), { recursive: true });
    await copyFile(source, join(workDirectory, name));
  }
  await writeTar(file, workDirectory, { signal, ...defined({ prefix }) });
  await rm(workDirectory, { recursive: true });
}
