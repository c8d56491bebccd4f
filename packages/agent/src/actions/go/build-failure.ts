/** What to make of a failed build. */
interface BuildFailure {
  hint: string;
  /** Whether another try of the same build would fail again. */
  permanent: boolean;
}

/** Failures that may not happen the next time, with what to do about them. */
const passing: readonly (readonly [RegExp, string])[] = [
  [/no space left on device/, 'make room: df -h /var/cache/vhive-agent /tmp'],
  [
    /signal: killed|cannot allocate memory/,
    'the kernel ended the compiler, as it does when memory runs out: free -h; dmesg | tail',
  ],
  [
    /dial tcp|i\/o timeout|no such host|connection (?:refused|reset)|TLS handshake|unexpected EOF|deadline exceeded|: (?:429|5\d\d) [A-Z]/,
    'does this host reach proxy.golang.org? Without internet, put the modules into the mirror: vhive-coord mirror pull',
  ],
];

/**
 * Failures that will happen again, because the same Go refuses the same source and modules, with what to do about them.
 */
const lasting: readonly (readonly [RegExp, string])[] = [
  [
    /requires go >= |go\.mod requires go|note: module requires Go|invalid go version/,
    'the tree wants a newer Go: set versions.go in the cluster file',
  ],
  [
    /module lookup disabled by GOPROXY=off|file:\/\/.*@v.*no such file/,
    'the folder of modules lacks one that go.mod requires: fill the mirror again (vhive-coord mirror pull) for this very ref',
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

const DEFAULT_HINT =
  'the lines above are the compiler’s: does the ref fit this version of Go? vhive-coord logs shows all of them';

const hintOf = (hints: readonly (readonly [RegExp, string])[], output: string) =>
  hints.find(([pattern]) => pattern.test(output))?.[1];

/**
 * Tells what to do about a failed build, from what Go printed. Temporary causes are looked for first, because Go names
 * lines of the source for missing modules as well.
 */
export function buildFailure(output: string): BuildFailure {
  const soon = hintOf(passing, output);
  if (soon !== undefined) return { hint: soon, permanent: false };
  const hint = hintOf(lasting, output);
  if (hint !== undefined) return { hint, permanent: true };
  return { hint: DEFAULT_HINT, permanent: /^\S+\.(?:go|s|c|h|cc|cpp):\d+:(?:\d+:)? /m.test(output) };
}
