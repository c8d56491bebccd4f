import { expect, test } from 'vitest';
import { buildFailure } from './build-failure.ts';

// These are messages as Go 1.19 to 1.25 print them.
test.each([
  [
    'go: example.org/greet@v1.0.0: Get "https://proxy.golang.org/example.org/greet/@v/v1.0.0.mod": dial tcp: lookup proxy.golang.org on 10.0.0.1:53: no such host',
    'proxy.golang.org',
  ],
  [
    'main.go:6:2: example.org/greet@v1.0.0: Get "https://proxy.golang.org/example.org/greet/@v/v1.0.0.zip": read tcp 10.0.0.2:4242->10.0.0.1:443: read: connection reset by peer',
    'proxy.golang.org',
  ],
  [
    'go: example.org/greet@v1.0.0: reading https://proxy.golang.org/example.org/greet/@v/v1.0.0.mod: 502 Bad Gateway',
    'proxy.golang.org',
  ],
  [
    'go: example.org/greet@v1.0.0: Get "https://proxy.golang.org/example.org/greet/@v/v1.0.0.mod": net/http: TLS handshake timeout',
    'proxy.golang.org',
  ],
  ['# example.org/tool\n/usr/local/go/pkg/tool/linux_amd64/compile: signal: killed', 'memory'],
  ['main.go:1:1: could not write: /tmp/go-build1/b001/_pkg_.a: no space left on device', 'df -h'],
])('may go well next time: %s', (output, hint) => {
  expect(buildFailure(output)).toEqual({ permanent: false, hint: expect.stringContaining(hint) });
});

test.each([
  ['# example.org/tool\n./main.go:7:28: undefined: nonsense', 'the compiler’s'],
  ['go: go.mod requires go >= 1.99 (running go 1.24.1; GOTOOLCHAIN=local)', 'versions.go'],
  ['go: module lookup disabled by GOPROXY=off', 'mirror pull'],
  ['verifying example.org/greet@v1.0.0: checksum mismatch\n\nSECURITY ERROR', 'go.sum'],
  ['main.go:6:2: no required module provides package example.org/other; to add it:', 'do not fit together'],
  ['# runtime/cgo\ncgo: C compiler "gcc" not found: exec: "gcc": executable file not found in $PATH', 'gcc'],
])('fails the same next time: %s', (output, hint) => {
  expect(buildFailure(output)).toEqual({ permanent: true, hint: expect.stringContaining(hint) });
});

test('what is not understood may go well next time', () => {
  expect(buildFailure('go: something new')).toMatchObject({ permanent: false });
});
