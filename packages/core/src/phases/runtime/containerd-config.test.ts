import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { type ContainerdSettings, containerdConfig } from './containerd-config.ts';

const settings = { sandboxImage: 'registry.k8s.io/pause:3.10.1', canRaiseLimits: true };
const registry = { config_path: '/etc/containerd/certs.d' };
const runc = { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } };

interface Plugins {
  version: number;
  plugins: Record<string, Record<string, unknown>>;
  proxy_plugins?: unknown;
}
const parsed = (more: Partial<ContainerdSettings>) =>
  parse(containerdConfig({ ...settings, version: '2.2.3', ...more })) as unknown as Plugins;

describe('containerd’s configuration', () => {
  it('of containerd 1 is version 2 of the format', () => {
    expect(parsed({ version: '1.6.20' })).toEqual({
      version: 2,
      plugins: {
        'io.containerd.grpc.v1.cri': {
          sandbox_image: 'registry.k8s.io/pause:3.10.1',
          cni: { bin_dir: '/opt/cni/bin', conf_dir: '/etc/cni/net.d' },
          containerd: { snapshotter: 'overlayfs', default_runtime_name: 'runc', runtimes: { runc } },
          registry,
        },
      },
    });
  });

  it('of containerd 2 is version 3, in which images and runtime are two plugins', () => {
    expect(parsed({})).toEqual({
      version: 3,
      plugins: {
        'io.containerd.cri.v1.images': {
          snapshotter: 'overlayfs',
          pinned_images: { sandbox: 'registry.k8s.io/pause:3.10.1' },
          registry,
        },
        'io.containerd.cri.v1.runtime': { containerd: { default_runtime_name: 'runc', runtimes: { runc } } },
      },
    });
  });

  it.each(['1.6.20', '2.2.3'])('of %s keeps OOM scores where they cannot be lowered', (version) => {
    expect(containerdConfig({ ...settings, version, canRaiseLimits: false })).toContain(
      'restrict_oom_score_adj = true',
    );
  });

  it.each([
    ['1.7.29', 'io.containerd.grpc.v1.cri'],
    ['2.2.3', 'io.containerd.cri.v1.runtime'],
  ])('of %s has the runtimes of gVisor and NVIDIA beside runc, which stays the default', (version, plugin) => {
    const { containerd } = parsed({ version, gvisor: true, nvidia: true }).plugins[plugin] ?? {};
    expect(containerd).toMatchObject({
      default_runtime_name: 'runc',
      runtimes: {
        runc,
        runsc: { runtime_type: 'io.containerd.runsc.v1' },
        nvidia: { options: { SystemdCgroup: true, BinaryName: '/usr/bin/nvidia-container-runtime' } },
      },
    });
  });
});

describe('with stargz', () => {
  it.each(['1.7.29', '2.0.5', '2.2.3'])('containerd %s knows the snapshotter and tells it of images', (version) => {
    const { plugins, proxy_plugins } = parsed({ version, stargz: true });
    expect(proxy_plugins).toEqual({
      stargz: {
        type: 'snapshot',
        address: '/run/containerd-stargz-grpc/containerd-stargz-grpc.sock',
        exports: { root: '/var/lib/containerd-stargz-grpc/', enable_remote_snapshot_annotations: 'true' },
      },
    });
    const images = version.startsWith('1.')
      ? plugins['io.containerd.grpc.v1.cri']?.containerd
      : plugins['io.containerd.cri.v1.images'];
    expect(images).toMatchObject({ snapshotter: 'stargz', disable_snapshot_annotations: false });
  });

  it('pulls stay with the CRI plugin from 2.1 on, which older ones cannot be told', () => {
    const local = (version: string) =>
      parsed({ version, stargz: true }).plugins['io.containerd.cri.v1.images']?.use_local_image_pull;
    expect([local('2.0.5'), local('2.1.0'), local('2.2.3')]).toEqual([undefined, true, true]);
  });

  it('leaves the cgroups of gVisor to systemd where runsc can', () => {
    const options = { TypeUrl: 'io.containerd.runsc.v1.options', ConfigPath: '/etc/containerd/runsc.toml' };
    for (const [version, plugin] of [
      ['1.6.20', 'io.containerd.grpc.v1.cri'],
      ['2.2.3', 'io.containerd.cri.v1.runtime'],
    ] as const)
      expect(parsed({ version, gvisor: true, gvisorSystemdCgroup: true }).plugins[plugin]).toMatchObject({
        containerd: { runtimes: { runc, runsc: { runtime_type: 'io.containerd.runsc.v1', options } } },
      });
  });
});
