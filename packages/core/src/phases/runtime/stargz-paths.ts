/** Where containerd finds the stargz snapshotter, on every node. */
export const STARGZ_SOCKET = '/run/containerd-stargz-grpc/containerd-stargz-grpc.sock';
/** Where the stargz snapshotter keeps what it has. */
export const STARGZ_ROOT = '/var/lib/containerd-stargz-grpc/';
