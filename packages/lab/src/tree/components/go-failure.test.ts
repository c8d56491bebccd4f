import { expect, test } from 'vitest';
import { goFailure } from './go-failure.ts';

test.each([
  'go: k8s.io/api@v0.35.3: Get "https://proxy.example/k8s.io/api/@v/v0.35.3.zip": dial tcp 192.0.2.1:443: connect: connection refused',
  'go: k8s.io/api@v0.35.3: reading https://proxy.example/k8s.io/api/@v/v0.35.3.zip: 403 Forbidden',
  'main.go:3:8: k8s.io/api@v0.35.3: reading https://proxy.example/x: 404 Not Found\n\tserver response: gone',
  'go: k8s.io/api@v0.35.3: module lookup disabled by GOPROXY=off',
])('a refused download names the module: %s', (line) => {
  const { message, hint } = goFailure(`go: downloading k8s.io/other v1.0.0\n${line}\n`);
  expect(message).toContain('the module k8s.io/api@v0.35.3 could not be downloaded');
  expect(message).toContain(line.split('\n').at(-1));
  expect(message).not.toContain('downloading k8s.io/other');
  expect(hint).toContain('go env GOPROXY');
});

test('a module with other content is a matter of its own', () => {
  const output =
    'verifying github.com/a/b@v1.0.0: checksum mismatch\n\tdownloaded: h1:x\n\tgo.sum: h1:y\nSECURITY ERROR\n';
  expect(goFailure(output).message).toContain('the module github.com/a/b@v1.0.0 has other content');
});

test('a compile error names the package and shows the last lines', () => {
  const { message } = goFailure(
    'runtime\n# github.com/mdlayher/packet\npacket.go:32:32: not enough arguments in call\n',
  );
  expect(message).toContain('the package github.com/mdlayher/packet does not compile');
  expect(message).toContain('packet.go:32:32');
  expect(message).not.toContain('github.com/other/package');
});

test('a full disk and a missing compiler say what to do', () => {
  expect(goFailure('write /tmp/x: no space left on device').hint).toContain('Free some space');
  expect(goFailure('# runtime/cgo\ncgo: C compiler "gcc" not found: exec: "gcc"').hint).toContain(
    'apt-get install gcc',
  );
});
