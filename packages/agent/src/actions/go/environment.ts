/** Where Go keeps what it compiled and downloaded: a second build, after a change, compiles little. */
export const GO_CACHE = '/var/cache/vhive-agent/go';

/**
 * The environment of `go`: everything it reads and writes lies in the tree, in its own GOROOT (which it finds by
 * itself) and in `cache`, so that what a person has set up for Go on this host neither matters nor changes.
 * @param modules folder of modules in the layout of a file GOPROXY; null: the module proxy on the internet
 */
export function goEnvironment(cache: string, modules: string | null): Record<string, string> {
  return {
    // Also for what Go keeps about itself (telemetry, its configuration).
    HOME: cache,
    GOPATH: `${cache}/path`,
    GOMODCACHE: `${cache}/modules`,
    GOCACHE: `${cache}/build`,
    GOENV: 'off',
    GOWORK: 'off',
    GOFLAGS: '',
    // The toolchain the plan says, even where go.mod would have another one downloaded.
    GOTOOLCHAIN: 'local',
    // go.sum still verifies every module; only the database of checksums on the internet is not asked.
    ...(modules === null ? {} : { GOPROXY: `file://${modules},off`, GOSUMDB: 'off' }),
  };
}
