import { describe, expect, it } from 'vitest';
import { mirrorPath } from './mirror-tree.ts';

describe('mirrorPath', () => {
  it.each([
    ['https://dl.k8s.io/v1.35.3/bin/linux/amd64/kubeadm', 'dl.k8s.io/v1.35.3/bin/linux/amd64/kubeadm'],
    ['https://github.com/k3s/releases/v1%2Bk3s1/k3s', 'github.com/k3s/releases/v1+k3s1/k3s'],
    ['http://127.0.0.1:8080/a', '127.0.0.1:8080/a'],
    ['https://example.org/a/../b', 'example.org/b'],
    ['https://example.org/file?version=2', 'example.org/file?version=2'],
  ])('lays out %s', (url, path) => {
    expect(mirrorPath(url)).toBe(path);
  });

  it.each(['https://example.org/..%2f..%2fetc/passwd', 'https://example.org/a%2Fb', 'https://example.org/a%00'])(
    'refuses %s, which would leave its place',
    (url) => {
      expect(() => mirrorPath(url)).toThrow('cannot be laid out');
    },
  );
});
