import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, testContext } from '@vhive/agent/actions/kit/context.fixture';
import type { KubernetesServer } from './kubernetes-server.ts';

/** A host that is the control plane of the cluster of a server. `progressed` holds what people who watch were told. */
export async function clusterContext(
  server: KubernetesServer,
  options: { signal?: AbortSignal } = {},
): Promise<TestContext & { progressed: string[] }> {
  const context = await testContext(options);
  await mkdir(join(context.root, 'etc/kubernetes'), { recursive: true });
  await copyFile(server.kubeconfig, join(context.root, 'etc/kubernetes/admin.conf'));
  const progressed: string[] = [];
  return Object.assign(context, { progressed, progress: (text: string) => void progressed.push(text) });
}
