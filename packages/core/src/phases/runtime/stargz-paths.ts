/** The socket at which containerd finds the stargz snapshotter, on every node. */
export const STARGZ_SOCKET = '/run/containerd-stargz-grpc/containerd-stargz-grpc.sock';
/** The folder in which the stargz snapshotter keeps its data. */
export const STARGZ_ROOT = '/var/lib/containerd-stargz-grpc/';
