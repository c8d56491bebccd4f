import type { ClusterFile, Plan } from '@vhive/shared';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../plan/build-plan.ts';
import { exampleInput } from '../../plan/example-input.fixture.ts';

const mirrorImages = ['docker.io/library/nginx:1', 'registry.example:5000/a/b:1'];
const cache = { enabled: true, upstreams: ['docker.io'], firstPort: 6000 };
const IN_CLUSTER = 'docker-registry.registry.svc.cluster.local:5000';

function planOf(fields: ClusterFile, mirror: boolean): Plan {
  const input = exampleInput(2, { sandbox: 'stock-only', stargz: true, ...fields }, mirror);
  return buildPlan(mirror ? { ...input, mirrorImages } : input);
}

function paramsOf(plan: Plan, node: string): Record<string, Record<string, unknown>> {
  const step = plan.steps.find(({ id }) => id === `stargz/${node}`);
  return Object.fromEntries((step?.tasks ?? []).map(({ id, params }) => [id, params as Record<string, unknown>]));
}

/** Whom the snapshotter asks for the layers of each registry, before the registry itself. */
function asked(plan: Plan): Record<string, unknown[]> {
  const { resolver } = parse(String(paramsOf(plan, 'n2').configuration?.content)) as unknown as {
    resolver: { host: Record<string, { mirrors: unknown[] }> };
  };
  return Object.fromEntries(Object.entries(resolver.host).map(([registry, { mirrors }]) => [registry, mirrors]));
}

describe('the stargz snapshotter', () => {
  it('asks the same as containerd, in the same order', () => {
    const coordinator = { host: '10.10.0.1:7443' };
    const registries = asked(planOf({ registry: { cache, insecure: ['registry.example:5000'] } }, true));
    expect(registries).toMatchObject({
      [IN_CLUSTER]: [{ host: IN_CLUSTER, insecure: true }],
      'registry.example:5000': [coordinator, { host: 'registry.example:5000', insecure: true }],
      'docker.io': [coordinator, { host: '10.10.0.1:6000', insecure: true }],
      'registry.k8s.io': [coordinator],
    });
  });

  it('asks registries themselves without a mirror tree', () => {
    expect(asked(planOf({}, false))).toEqual({ [IN_CLUSTER]: [{ host: IN_CLUSTER, insecure: true }] });
    expect(Object.keys(paramsOf(planOf({}, false), 'n2'))).not.toContain('coordinator-ca');
  });

  it('trusts the coordinator’s CA, by a file that is there before it starts', () => {
    const tasks = paramsOf(planOf({}, true), 'n2');
    const { path, content } = tasks['coordinator-ca'] ?? {};
    expect(content).toBe('the CA');
    expect(String(tasks.service?.content)).toContain(
      `\nEnvironment=SSL_CERT_DIR=/etc/ssl/certs:${String(path).replace(/\/[^/]+$/, '')}\n`,
    );
    expect(tasks.service?.restartOn).toContain(path);
    const names = Object.keys(tasks);
    expect(names.indexOf('coordinator-ca')).toBeLessThan(names.indexOf('service'));
  });

  it('starts without a registry that it needs, and is seen to until that answers', () => {
    const tasks = paramsOf(planOf({}, false), 'n2');
    expect(parse(String(tasks.configuration?.content))).toMatchObject({
      snapshotter: { allow_invalid_mounts_on_restart: true },
    });
    expect(String(tasks['mounts-service']?.content)).toContain(
      `\nExecStart=/usr/local/libexec/vhive/stargz-mounts http://${IN_CLUSTER}/v2/\n`,
    );
    const { 'mounts-service': other } = paramsOf(planOf({ registry: { local: false } }, false), 'n2');
    expect(String(other?.content)).toContain('\nExecStart=/usr/local/libexec/vhive/stargz-mounts\n');
    const names = Object.keys(tasks);
    expect(names.indexOf('mounts-service'), 'it starts with the snapshotter').toBeLessThan(names.indexOf('service'));
  });
});
