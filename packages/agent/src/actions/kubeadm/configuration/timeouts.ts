import * as z from 'zod';

/** How long kubeadm waits for what the host itself does, in seconds: the defaults of v1beta4. */
const usual = {
  controlPlaneComponentHealthCheck: 240,
  kubeletHealthCheck: 240,
  kubernetesAPICall: 60,
  tlsBootstrap: 300,
};

const patientDocument = z.looseObject({
  apiVersion: z.string().regex(/^kubeadm\.k8s\.io\/(?!v1beta[1-3]$)/),
  kind: z.enum(['InitConfiguration', 'JoinConfiguration']),
});

/**
 * Returns a document of kubeadm's configuration by which kubeadm waits `patience` times as long as usual. It is the
 * document itself on a usual host, where it is none that says how long to wait, and before v1beta4:
 * https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-Timeouts
 */
export function withTimeouts(document: unknown, patience: number): unknown {
  const parsed = patientDocument.safeParse(document);
  if (patience === 1 || !parsed.success) return document;
  const stretched = Object.entries(usual).map(([name, seconds]) => [name, `${seconds * patience}s`]);
  return { ...parsed.data, timeouts: Object.fromEntries(stretched) };
}
