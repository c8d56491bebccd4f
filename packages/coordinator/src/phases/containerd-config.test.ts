import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { containerdConfig } from './containerd-config.ts';

const settings = { sandboxImage: 'registry.k8s.io/pause:3.10.1', canRaiseLimits: true };

describe('containerd’s configuration', () => {
  it('of containerd 1 is version 2 of the format', () => {
    expect(parse(containerdConfig({ ...settings, version: '1.6.20' }))).toEqual({
      version: 2,
      plugins: {
        'io.containerd.grpc.v1.cri': {
          sandbox_image: 'registry.k8s.io/pause:3.10.1',
          cni: { bin_dir: '/opt/cni/bin', conf_dir: '/etc/cni/net.d' },
          containerd: {
            snapshotter: 'overlayfs',
            default_runtime_name: 'runc',
            runtimes: { runc: { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } } },
          },
        },
      },
    });
  });

  it('of containerd 2 is version 3, in which images and runtime are two plugins', () => {
    expect(parse(containerdConfig({ ...settings, version: '2.2.3' }))).toEqual({
      version: 3,
      plugins: {
        'io.containerd.cri.v1.images': {
          snapshotter: 'overlayfs',
          pinned_images: { sandbox: 'registry.k8s.io/pause:3.10.1' },
        },
        'io.containerd.cri.v1.runtime': {
          containerd: {
            default_runtime_name: 'runc',
            runtimes: { runc: { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } } },
          },
        },
      },
    });
  });

  it.each(['1.6.20', '2.2.3'])('of %s keeps OOM scores where they cannot be lowered', (version) => {
    expect(containerdConfig({ ...settings, version, canRaiseLimits: false })).toContain(
      'restrict_oom_score_adj = true',
    );
  });
});
