import { clusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
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
  it.each([
    ['containerd', '2.2.3', 'arm64'],
    ['runc', '1.3.5', 'amd64'],
    ['cniPlugins', '1.7.1', 'amd64'],
    ['crictl', '1.20.0', 'amd64'],
    ['kubernetes', '1.20.2', 'amd64'],
    ['calico', '3.31.5', 'amd64'],
    ['natsServer', '2.12.3', 'arm64'],
  ] as const)('of %s %s for %s are at their publisher’s addresses', (component, version, arch) => {
    expect(filesOf(component, version, arch)).toMatchSnapshot();
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

  it('drops the folder of CoreDNS in a repository of the user’s own', () => {
    const refs = (repository?: string) => imagesOf('1.35.3', repository)?.map(({ ref }) => ref);
    expect(refs()).toContain('registry.k8s.io/coredns/coredns:v1.13.1');
    expect(refs('registry.example:5000/k8s')).toContain('registry.example:5000/k8s/coredns:v1.13.1');
    expect(imagesOf('1.35.3', 'registry.example:5000/k8s')?.[4]).toMatchObject({
      name: 'pause',
      archiveUrl: 'https://registry.example:5000/k8s/pause/3.10.1.tar',
    });
  });

  it('is told a pause image even where the catalogue does not know the minor', () => {
    expect(imagesOf('1.28.4', undefined)).toBeUndefined();
    expect(pauseImage('1.28.4', undefined)).toBe('registry.k8s.io/pause:3.10.1');
    expect(kubeadmApiVersion('1.28.4')).toBe('kubeadm.k8s.io/v1beta3');
  });
});
