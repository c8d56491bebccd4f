import { expect, test } from 'vitest';
import { crictlVersion, gvisorVersion, mirrorVersions, upstreamVersion } from './versions.ts';

test.each([
  ['1.20.5+really1.20.2-1.1+deb12u1', '1.20.2'],
  ['1.6.20~ds1-1+deb12u3', '1.6.20'],
  ['1.1.5+ds1-1+deb12u1', '1.1.5'],
  ['1.1.1+ds1-3+b5', '1.1.1'],
  ['3.4.23-4+b4', '3.4.23'],
  ['1:1.4.7-1+b2', '1.4.7'],
  ['6.4', '6.4'],
  ['1.5.4+dfsg2-5', '1.5.4'],
])('Debian %s is upstream %s', (debian, upstream) => {
  expect(upstreamVersion(debian)).toBe(upstream);
});

test('crictl follows the Kubernetes minor release', () => {
  expect(crictlVersion('1.20.2')).toBe('1.20.0');
});

test('gVisor releases are called by their date', () => {
  expect(gvisorVersion('0.0~20221219.0-2+b3')).toBe('20221219');
});

const packages = {
  kubernetes: '1.20.5+really1.20.2-1.1+deb12u1',
  containerd: '1.6.20~ds1-1+deb12u3',
  runc: '1.1.5+ds1-1+deb12u1',
  'containernetworking-plugins': '1.1.1+ds1-3+b5',
  runsc: '0.0~20221219.0-2+b3',
  'docker-registry': '2.8.2+ds1-1',
};

test('versions come from the packages, image tags from what kubeadm asks for', () => {
  const images = ['k8s.gcr.io/pause:3.2', 'k8s.gcr.io/etcd:3.4.13-0', 'k8s.gcr.io/coredns:1.7.0'];
  expect(mirrorVersions(packages, images)).toEqual({
    kubernetes: '1.20.2',
    containerd: '1.6.20',
    runc: '1.1.5',
    cniPlugins: '1.1.1',
    crictl: '1.20.0',
    pause: '3.2',
    etcd: '3.4.13-0',
    coredns: '1.7.0',
    gvisor: '20221219',
    registry: '2.8.2',
    standIn: expect.stringMatching(/^[0-9a-f]{12}$/),
  });
});

test('a missing package is named', () => {
  const { runc: _, ...withoutRunc } = packages;
  expect(() => mirrorVersions(withoutRunc, [])).toThrow('The Debian package runc was not fetched.');
});
