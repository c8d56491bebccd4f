import type { Params } from '@vhive/shared';

/** Returns the configuration that `kubeadm join` is given. It holds the bootstrap token. */
export function joinConfiguration(
  params: Omit<Params<'kubeadm.join'>, 'token'>,
  bootstrapToken: string,
): Record<string, unknown> {
  const { apiVersion, endpoint, caCertHash, nodeName, criSocket, ignorePreflightErrors, patchesDirectory } = params;
  return {
    apiVersion,
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: { token: bootstrapToken, apiServerEndpoint: endpoint, caCertHashes: [caCertHash] },
    },
    nodeRegistration: {
      name: nodeName,
      criSocket,
      ...(ignorePreflightErrors.length === 0 ? {} : { ignorePreflightErrors }),
    },
    ...(patchesDirectory === null ? {} : { patches: { directory: patchesDirectory } }),
  };
}
