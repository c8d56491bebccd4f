/** What is to be said of a build by Go that failed. */
export interface GoFailure {
  readonly message: string;
  readonly hint: string;
}

/** How many of the last lines are shown. */
const shownLines = 8;

/**
 * Reads what `go` printed before it failed: names the module that was refused, or the package that does not compile,
 * and what can be done.
 *
 * @param output the standard error of `go build` or `go mod download`
 */
export function goFailure(output: string): GoFailure {
  // Between what matters are the paths of packages that were compiled meanwhile (-v).
  const lines = output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^go: downloading /.test(line) && !/^[\w./~-]+$/.test(line));
  const said = (message: string, hint: string): GoFailure => ({
    message: [message, ...lines.slice(-shownLines)].join('\n'),
    hint,
  });
  if (/no space left on device/.test(output))
    return said('the disk is full.', 'Free some space, or put the cache on a larger file system with --cache-dir.');
  if (/cgo: C compiler .* not found/.test(output))
    return said('it needs a C compiler.', 'Install one: apt-get install gcc libc6-dev');
  const mismatch = lines.find((line) => /checksum mismatch|SECURITY ERROR/.test(line));
  const refused = lines.find((line) => refusal.test(line) && moduleAt.test(line));
  const module = moduleAt.exec(mismatch ?? refused ?? '')?.[0];
  if (mismatch !== undefined)
    return said(
      `the module ${module ?? 'that is named below'} has other content than the one that is pinned.`,
      'The module proxy serves something else than the publisher: see `go env GOPROXY` and ask who runs it.',
    );
  if (refused !== undefined)
    return said(
      `the module ${module} could not be downloaded.`,
      'Check that this machine reaches its module proxy (`go env GOPROXY`), then start again: what is finished is kept.',
    );
  const wrong = lines.find((line) => line.startsWith('# '));
  if (wrong !== undefined)
    return said(
      `the package ${wrong.slice('# '.length)} does not compile.`,
      'This is a fault of the lab: its modules are pinned in packages/lab/modules.',
    );
  return said('it says:', 'Start again: what is finished is kept.');
}

/** A module at a version, such as `k8s.io/api@v0.35.3`. */
const moduleAt = /[\w.~-]+(?:\/[\w.~-]+)+@v\d[\w.+-]*/;

/** The words of Go, a proxy or the network for a module that cannot be had. */
const refusal =
  /\b(?:403|404|407|410|429|50\d)\b|Forbidden|Not Found|dial |lookup |timeout|x509|connection re|EOF|Get "|reading \S+: |unrecognized import path|invalid version|module lookup disabled/;
