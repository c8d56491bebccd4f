import { ignoring } from '@vhive/base/ignoring';
import type { Host } from '../../host/host.ts';
import { caCertHash } from './ca-cert-hash.ts';
import {
  adminConf,
  apiServerManifest,
  bootstrapKubeletConf,
  caCertificate,
  etcdData,
  kubeletClientCertificate,
  kubeletConf,
  manifestsDirectory,
  pkiDirectory,
} from './paths.ts';

/** What the files of a host say about its part in a cluster, whoever made them. */
export interface HostState {
  /** Whether the kubelet has the credentials of a cluster. */
  member: boolean;
  /** Whether kubeadm has made the static pod of an API server here. */
  controlPlane: boolean;
  /** The files that only a member of a cluster has, and that stand in the way of kubeadm. */
  traces: string[];
  /** What is in etcd's directory, which `kubeadm reset` empties. */
  etcdData: string[];
  /**
   * The hashes of the CA certificates of the cluster, without repetition: of the certificate itself, and of the one
   * that the kubelet trusts. A certificate that cannot be read counts as "unreadable".
   */
  caCertHashes: string[];
  /** The API server that the kubelet talks to as host:port; null where it has none. */
  server: string | null;
}

const UNREADABLE = 'unreadable';

function hashOf(pem: string | Buffer): string {
  try {
    return caCertHash(pem);
  } catch {
    return UNREADABLE;
  }
}

async function caCertHashes(host: Host, conf: string | undefined): Promise<string[]> {
  const certificate = await host.readFile(caCertificate);
  const trusted = /certificate-authority-data:\s*(\S+)/.exec(conf ?? '')?.[1];
  const found = [
    ...(certificate === undefined ? [] : [hashOf(certificate)]),
    ...(trusted === undefined ? [] : [hashOf(Buffer.from(trusted, 'base64'))]),
  ];
  return [...new Set(found)];
}

/** Returns the paths of the files in a directory, which may be missing or be no directory at all. */
async function filesIn(host: Host, directory: string): Promise<string[]> {
  const names = await host.list(directory).catch(ignoring('what is no directory holds no files'));
  return (names ?? []).map((name) => `${directory}/${name}`);
}

/** Looks at what the host is in a cluster and changes nothing. */
export async function hostState(host: Host): Promise<HostState> {
  const conf = (await host.readFile(kubeletConf))?.toString();
  const traces: string[] = [];
  for (const path of [adminConf, kubeletConf, bootstrapKubeletConf]) if (await host.stat(path)) traces.push(path);
  for (const path of await filesIn(host, pkiDirectory)) {
    const directory = (await host.stat(path))?.type === 'directory';
    traces.push(...(directory ? await filesIn(host, path) : [path]));
  }
  traces.push(...(await filesIn(host, manifestsDirectory)).filter((path) => /\.ya?ml$/.test(path)));
  const controlPlane = (await host.stat(apiServerManifest)) !== undefined;
  const credentials =
    controlPlane ||
    (await host.stat(kubeletClientCertificate)) !== undefined ||
    /client-certificate-data:/.test(conf ?? '');
  return {
    member: conf !== undefined && credentials,
    controlPlane,
    traces,
    etcdData: await filesIn(host, etcdData),
    caCertHashes: await caCertHashes(host, conf),
    server: /server:\s*https?:\/\/(\S+)/.exec(conf ?? '')?.[1] ?? null,
  };
}
