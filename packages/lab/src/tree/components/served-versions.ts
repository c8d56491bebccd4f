/**
 * The versions of what is not served as a Go module at the catalogue's version. Each is the nearest one that is. A
 * lab's cluster file names them.
 */
export const servedVersions = {
  crictl: '1.34.0',
  istio: '1.31.0-alpha.20260827',
  gvisor: '20260905',
} as const;
