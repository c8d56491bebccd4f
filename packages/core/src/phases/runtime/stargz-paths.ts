/** The socket at which containerd finds the stargz snapshotter, on every node. */
export const STARGZ_SOCKET = '/run/containerd-stargz-grpc/containerd-stargz-grpc.sock';
/** The folder with the certificates of CAs that the stargz snapshotter trusts beside the system's. */
export const STARGZ_CERTIFICATES = '/etc/containerd-stargz-grpc/certs';
/** The folder in which the stargz snapshotter keeps its data. */
export const STARGZ_ROOT = '/var/lib/containerd-stargz-grpc/';
