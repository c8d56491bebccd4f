import { describe, expect, it } from 'vitest';
import { locate, mirrorPath, parseMirror } from './mirror.ts';

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

describe('locate', () => {
  const url = 'https://github.com/x/v1%2B2/file name';

  it('takes the original address without a mirror', () => {
    expect(locate(url, undefined)).toEqual({ type: 'http', url });
  });

  it('finds the file in a directory, relative or as a file: URL', () => {
    expect(locate(url, parseMirror('/srv/mirror'))).toEqual({
      type: 'file',
      path: '/srv/mirror/github.com/x/v1+2/file name',
    });
    expect(locate(url, parseMirror('file:///srv/mirror/'))).toEqual({
      type: 'file',
      path: '/srv/mirror/github.com/x/v1+2/file name',
    });
  });

  it('encodes the path for a web server', () => {
    expect(locate(url, parseMirror('http://mirror.lan:80/tree/'))).toEqual({
      type: 'http',
      url: 'http://mirror.lan:80/tree/github.com/x/v1%2B2/file%20name',
    });
  });
});
