import { stringify } from 'smol-toml';
import { atLeast } from '../versions/resolve.ts';

/** What of containerd's configuration is not its default. */
export interface ContainerdSettings {
  /** Version of containerd, without "v". */
  version: string;
  /** The pause image, the same as kubeadm's. */
  sandboxImage: string;
  /** false in containers without CAP_SYS_RESOURCE: no container can then be given a lower OOM score. */
  canRaiseLimits: boolean;
}

const runc = { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } };

/**
 * `/etc/containerd/config.toml`: what differs from containerd's defaults. containerd 2 reads version 3 of the format, in
 * which the CRI plugin is two; its CNI folder is /opt/cni/bin by default, and the setting was renamed in between.
 * https://github.com/containerd/containerd/blob/main/docs/cri/config.md
 */
export function containerdConfig(settings: ContainerdSettings): string {
  const { version, sandboxImage, canRaiseLimits } = settings;
  const oomScore = canRaiseLimits ? {} : { restrict_oom_score_adj: true };
  const runtimes = { default_runtime_name: 'runc', runtimes: { runc } };
  const content = atLeast(version, '2.0.0')
    ? {
        version: 3,
        plugins: {
          'io.containerd.cri.v1.images': { snapshotter: 'overlayfs', pinned_images: { sandbox: sandboxImage } },
          'io.containerd.cri.v1.runtime': { ...oomScore, containerd: runtimes },
        },
      }
    : {
        version: 2,
        plugins: {
          'io.containerd.grpc.v1.cri': {
            sandbox_image: sandboxImage,
            ...oomScore,
            cni: { bin_dir: '/opt/cni/bin', conf_dir: '/etc/cni/net.d' },
            containerd: { snapshotter: 'overlayfs', ...runtimes },
          },
        },
      };
  return `# Written by vHive; changes are overwritten.\n${stringify(content)}\n`;
}
