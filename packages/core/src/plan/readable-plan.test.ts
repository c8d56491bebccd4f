import type { ClusterFile } from '@vhive/shared';
import { LEGACY_VHIVE_REF } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { buildPlan, type PlanInput } from './build-plan.ts';
import { exampleInput, exampleNode, plain } from './example-input.fixture.ts';
import { renderMermaid } from './render-mermaid.ts';
import { renderText } from './render-text.ts';

const old: ClusterFile = {
  ...plain,
  network: { plugin: 'bridge' },
  versions: { kubernetes: '1.20.2', containerd: '1.6.20', crictl: '1.20.0' },
};

const everything: ClusterFile = {
  stargz: true,
  kubernetes: {
    maxPods: 500,
    containerLogMaxSize: '512Mi',
    kubeconfigOnWorkers: true,
    nodeLabels: { '*': { 'loader-nodetype': 'worker' } },
    kubeProxyConfiguration: { mode: 'nftables' },
  },
  firecracker: {
    snapshots: true,
    buildNode: 'n2',
    smokeBoot: true,
    debug: true,
    hostInterface: 'eno1',
    dockerCredentialsFile: '/root/credentials.json',
  },
  registry: { cache: { enabled: true }, insecure: ['registry.example:5000'] },
  images: { preload: ['ghcr.io/ease-lab/pyaes:var_workload'] },
  extras: {
    chrony: { enabled: true, servers: ['ops.emulab.net', 'ntp.example:1123'] },
    tuning: { smt: false, turbo: false, transparentHugePages: 'never', numaBalancing: false },
    zipkin: true,
    metricsServer: true,
    prometheus: { enabled: true },
    nvidia: true,
  },
};

function mixed(): PlanInput {
  const input = exampleInput(2, { sandbox: 'stock-only' });
  return { ...input, nodes: [...input.nodes, exampleNode('n3', 5, { arch: 'arm64' })] };
}

/**
 * Every variant has a page in `snapshots/<variant>.txt` that shows what the configuration does to which node, after
 * what.
 */
const variants: Record<string, PlanInput> = {
  'firecracker-1-node': exampleInput(1),
  'firecracker-3-nodes': exampleInput(3),
  'firecracker-upf-legacy': exampleInput(3, {
    firecracker: { snapshots: true, upf: true, vhiveRef: LEGACY_VHIVE_REF },
  }),
  'firecracker-stargz-credentials': exampleInput(3, {
    stargz: true,
    firecracker: { dockerCredentialsFile: '/root/credentials.json' },
  }),
  gvisor: exampleInput(3, { sandbox: 'gvisor' }),
  'stock-only': exampleInput(3, { sandbox: 'stock-only' }),
  'stock-only-stargz': exampleInput(3, { sandbox: 'stock-only', stargz: true }),
  'stock-only-arm64': mixed(),
  nftables: exampleInput(3, { kubernetes: { kubeProxyConfiguration: { mode: 'nftables' } } }),
  'containerd-1': exampleInput(3, { sandbox: 'gvisor', versions: { containerd: '1.7.29' } }),
  everything: { ...exampleInput(3, everything, true), mirrorImages: ['ghcr.io/ease-lab/helloworld:var_workload'] },
  'plain-1-node': exampleInput(1, plain),
  'plain-3-nodes': exampleInput(3, plain),
  'plain-bridge-kubernetes-1.20-mirror': exampleInput(3, old, true),
};

describe('the plan to read', () => {
  it.each(Object.entries(variants))('%s', async (name, input) => {
    await expect(renderText(buildPlan(input))).toMatchFileSnapshot(`snapshots/${name}.txt`);
  });

  it('is a diagram too', async () => {
    const diagram = renderMermaid(buildPlan(exampleInput(2, { ...plain, network: { plugin: 'bridge' } })));
    await expect(diagram).toMatchFileSnapshot('snapshots/plain-bridge-2-nodes.mmd');
  });
});
