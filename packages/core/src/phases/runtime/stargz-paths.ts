import type { PhaseContext } from '../kit/context.ts';

/** Where containerd finds the stargz snapshotter, on every node. */
export const STARGZ_SOCKET = '/run/containerd-stargz-grpc/containerd-stargz-grpc.sock';
/** Where the stargz snapshotter keeps what it has. */
export const STARGZ_ROOT = '/var/lib/containerd-stargz-grpc/';

/** Whether containerd itself mounts images by the stargz snapshotter: in microVMs another one does. */
export const usesStargzSnapshotter = ({ config }: Pick<PhaseContext, 'config'>) =>
  config.stargz && config.sandbox === 'stock-only';
