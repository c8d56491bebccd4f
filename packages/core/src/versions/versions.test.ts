import { clusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { type ComponentName, catalogue } from './catalogue.ts';
import { imagesOf, kubeadmApiVersion, pauseImage } from './kubeadm.ts';
import { atLeast, filesOf, minorOf, resolveVersions } from './resolve.ts';

const resolve = (versions = {}) => resolveVersions(clusterFile.parse({ versions }));

describe('versions', () => {
  it('are the catalogue’s unless the cluster file says else', () => {
    expect(resolve().kubernetes).toBe(catalogue.kubernetes.version);
    expect(resolve({ runc: '1.1.5' })).toMatchObject({
      runc: '1.1.5',
      containerd: catalogue.containerd.version,
    });
  });

  it.each([
    ['1.20.2', '1.20.0'],
    ['1.24.17', '1.24.2'],
    ['1.35.3', '1.35.0'],
    ['1.36.0', '1.36.0'],
  ])('of crictl follow the minor of Kubernetes %s: %s', (kubernetes, crictl) => {
    expect(resolve({ kubernetes }).crictl).toBe(crictl);
  });

  it('are compared by numbers', () => {
    expect(minorOf('1.35.3')).toBe('1.35');
    expect(atLeast('1.9.0', '1.20.0')).toBe(false);
    expect(atLeast('1.27.0-rc.1', '1.27.0')).toBe(true);
  });
});

describe('files', () => {
  it.each(['amd64', 'arm64'])('for %s are at their publishers’ addresses, with what vouches for them', async (arch) => {
    const lines = (Object.keys(catalogue) as ComponentName[]).flatMap((component) =>
      filesOf(component, catalogue[component].version, arch).flatMap(({ name, url, checksum }) => [
        `${name}: ${url}`,
        `  ${checksum.type === 'none' ? 'no checksum: only the lock file' : `${checksum.type} ${checksum.url}`}`,
      ]),
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`snapshots/files-${arch}.txt`);
  });

  it('of another version are at that version’s addresses', () => {
    expect(filesOf('crictl', '1.20.0', 'amd64').map(({ url }) => url)).toEqual([
      'https://github.com/kubernetes-sigs/cri-tools/releases/download/v1.20.0/crictl-v1.20.0-linux-amd64.tar.gz',
    ]);
  });
});

describe('kubeadm', () => {
  it('asks for these images with 1.20.2', () => {
    expect(imagesOf('1.20.2', undefined)?.map(({ ref }) => ref)).toEqual([
      'k8s.gcr.io/kube-apiserver:v1.20.2',
      'k8s.gcr.io/kube-controller-manager:v1.20.2',
      'k8s.gcr.io/kube-scheduler:v1.20.2',
      'k8s.gcr.io/kube-proxy:v1.20.2',
      'k8s.gcr.io/pause:3.2',
      'k8s.gcr.io/etcd:3.4.13-0',
      'k8s.gcr.io/coredns:1.7.0',
    ]);
  });

  it('asks for these with the Kubernetes of vHive’s legacy branch', () => {
    expect(imagesOf('1.25.9', undefined)?.map(({ ref }) => ref)).toEqual([
      ...['apiserver', 'controller-manager', 'scheduler', 'proxy'].map(
        (name) => `registry.k8s.io/kube-${name}:v1.25.9`,
      ),
      ...['pause:3.8', 'etcd:3.5.6-0', 'coredns/coredns:v1.9.3'].map((image) => `registry.k8s.io/${image}`),
    ]);
  });

  it('drops the folder of CoreDNS in a repository of the user’s own', () => {
    const refs = (repository?: string) => imagesOf('1.35.3', repository)?.map(({ ref }) => ref);
    expect(refs()).toContain('registry.k8s.io/coredns/coredns:v1.13.1');
    expect(refs('registry.example:5000/k8s')).toContain('registry.example:5000/k8s/coredns:v1.13.1');
    expect(imagesOf('1.35.3', 'registry.example:5000/k8s')?.[4]).toMatchObject({
      name: 'pause',
      ref: 'registry.example:5000/k8s/pause:3.10.1',
    });
  });

  it('and containerd use one pause image, even where the catalogue does not know the other images of the minor', () => {
    expect(imagesOf('1.28.4', undefined)).toBeUndefined();
    expect(
      ['1.20.2', '1.24.17', '1.25.9', '1.28.4', '1.33.1', '1.34.0', '1.36.0'].map((version) =>
        pauseImage(version, 'r'),
      ),
    ).toEqual(['3.2', '3.7', '3.8', '3.9', '3.10', '3.10.1', '3.10.1'].map((tag) => `r/pause:${tag}`));
    expect(kubeadmApiVersion('1.28.4')).toBe('kubeadm.k8s.io/v1beta3');
  });
});
