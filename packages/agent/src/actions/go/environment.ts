/**
 * The folder in which Go keeps what it compiled and downloaded, so that a second build after a change compiles little.
 */
export const GO_CACHE = '/var/cache/vhive-agent/go';

/**
 * Returns the environment for `go`. Everything that Go reads and writes is in the source tree, in its own GOROOT (which
 * it finds by itself) and in `cache`, so that whatever a person has set up for Go on this host neither matters nor
 * changes.
 * @param modules the folder of modules in the layout of a file GOPROXY; null means the module proxy on the internet
 */
export function goEnvironment(cache: string, modules: string | null): Record<string, string> {
  return {
    // This folder also holds what Go keeps about itself (its telemetry and its configuration).
    HOME: cache,
    GOPATH: `${cache}/path`,
    GOMODCACHE: `${cache}/modules`,
    GOCACHE: `${cache}/build`,
    GOENV: 'off',
    GOWORK: 'off',
    GOFLAGS: '',
    // The build uses the toolchain that the plan names, even when go.mod would have another one downloaded.
    GOTOOLCHAIN: 'local',
    // go.sum still verifies every module; only the checksum database on the internet is not asked.
    ...(modules === null ? {} : { GOPROXY: `file://${modules},off`, GOSUMDB: 'off' }),
  };
}
