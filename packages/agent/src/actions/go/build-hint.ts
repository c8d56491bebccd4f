/** What Go says, and what to do about it. The first that fits. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/no space left on device/, 'make room: df -h /var/cache/vhive-agent /tmp'],
  [
    /requires go >= |go\.mod requires go|invalid go version/,
    'the tree wants a newer Go: set versions.go in the cluster file',
  ],
  [
    /module lookup disabled by GOPROXY=off|file:\/\/.*@v.*no such file/,
    'the folder of modules lacks one that go.mod requires: fill the mirror again (vhive-coord mirror pull) for this very ref',
  ],
  [
    /dial tcp|i\/o timeout|no such host|connection refused|TLS handshake/,
    'does this host reach proxy.golang.org? Without internet, put the modules into the mirror: vhive-coord mirror pull',
  ],
  [
    /checksum mismatch|SECURITY ERROR/,
    'a module is not what go.sum says: a proxy or mirror that answers with something else? nothing was built',
  ],
  [
    /missing go\.sum entry|updates to go\.(?:mod|sum) needed|no required module provides|inconsistent vendoring/,
    'go.mod, go.sum and the source do not fit together at this ref: choose another (firecracker.vhiveRef)',
  ],
  [/C compiler "?[\w-]+"? not found|exec: "(?:gcc|cc|g\+\+)"/, 'install a C compiler: apt-get install gcc'],
];

/** What to do about a failed build, from what Go printed. */
export function buildHint(output: string): string {
  return (
    hints.find(([pattern]) => pattern.test(output))?.[1] ??
    'the lines above are the compiler’s: does the ref fit this version of Go? vhive-coord logs shows all of them'
  );
}
