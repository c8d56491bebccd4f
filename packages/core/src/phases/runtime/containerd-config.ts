import { stringify } from 'smol-toml';
import { atLeast } from '../../versions/resolve.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { STARGZ_ROOT, STARGZ_SOCKET } from './stargz-paths.ts';

/** The settings of containerd that are not its defaults. */
export interface ContainerdSettings {
  /** The version of containerd, without "v". */
  version: string;
  /** The pause image, which is the same as kubeadm's. */
  sandboxImage: string;
  /**
   * Whether the host may raise limits. Without CAP_SYS_RESOURCE, as in some containers, no container can be given a
   * lower OOM score.
   */
  canRaiseLimits: boolean;
  /** Whether there is the runtime `runsc` of gVisor. */
  gvisor?: boolean;
  /** Whether systemd makes the cgroups of gVisor too, which runsc only allows with cgroup version 2. */
  gvisorSystemdCgroup?: boolean;
  /** Whether there is the runtime `nvidia` of the NVIDIA container toolkit. */
  nvidia?: boolean;
  /** Whether the stargz snapshotter mounts images. */
  stargz?: boolean;
}

/**
 * The folder in which containerd looks up how to speak to a registry. It has a folder with a hosts.toml for each of
 * them.
 */
export const REGISTRY_CONFIG_PATH = '/etc/containerd/certs.d';

/** The file with the flags of runsc, which its shim reads for each container. */
export const RUNSC_CONFIG_PATH = '/etc/containerd/runsc.toml';

type Table = { [key: string]: unknown };

const runc = { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } };
/**
 * Makes the runtime of gVisor. Without flags, runsc takes systemd's path of a cgroup for a plain one outside of the
 * pod's, whose limits then do not hold (https://github.com/google/gvisor/issues/10371). Flags must be in a file:
 * https://gvisor.dev/docs/user_guide/containerd/configuration/
 */
const runsc = ({ gvisorSystemdCgroup }: ContainerdSettings) => ({
  runtime_type: 'io.containerd.runsc.v1',
  ...(gvisorSystemdCgroup
    ? { options: { TypeUrl: 'io.containerd.runsc.v1.options', ConfigPath: RUNSC_CONFIG_PATH } }
    : {}),
});
const nvidia = { ...runc, options: { ...runc.options, BinaryName: '/usr/bin/nvidia-container-runtime' } };

/**
 * Writes `/etc/containerd/config.toml` with what differs from containerd's defaults. containerd 2 reads version 3 of
 * the format, in which there are two CRI plugins instead of one. Its CNI folder is /opt/cni/bin by default, and that
 * setting was renamed in between, so it is left out.
 * https://github.com/containerd/containerd/blob/main/docs/cri/config.md
 */
export function containerdConfig(settings: ContainerdSettings): string {
  const content = atLeast(settings.version, '2.0.0') ? version3(settings) : version2(settings);
  return `${WRITTEN_BY_VHIVE}${stringify({ ...content, ...proxyPlugins(settings) })}\n`;
}

function version3(settings: ContainerdSettings): Table {
  return {
    version: 3,
    plugins: {
      'io.containerd.cri.v1.images': {
        ...snapshotter(settings),
        // From 2.1 on, pulls go through the transfer service, which tells a snapshotter nothing of the image by itself.
        ...(settings.stargz && atLeast(settings.version, '2.1.0') ? { use_local_image_pull: true } : {}),
        pinned_images: { sandbox: settings.sandboxImage },
        registry: { config_path: REGISTRY_CONFIG_PATH },
      },
      'io.containerd.cri.v1.runtime': { ...oomScore(settings), containerd: runtimes(settings) },
    },
  };
}

function version2(settings: ContainerdSettings): Table {
  return {
    version: 2,
    plugins: {
      'io.containerd.grpc.v1.cri': {
        sandbox_image: settings.sandboxImage,
        ...oomScore(settings),
        cni: { bin_dir: '/opt/cni/bin', conf_dir: '/etc/cni/net.d' },
        containerd: { ...snapshotter(settings), ...runtimes(settings) },
        registry: { config_path: REGISTRY_CONFIG_PATH },
      },
    },
  };
}

const oomScore = ({ canRaiseLimits }: ContainerdSettings): Table =>
  canRaiseLimits ? {} : { restrict_oom_score_adj: true };

const runtimes = (settings: ContainerdSettings): Table => ({
  default_runtime_name: 'runc',
  runtimes: { runc, ...(settings.gvisor ? { runsc: runsc(settings) } : {}), ...(settings.nvidia ? { nvidia } : {}) },
});

const snapshotter = ({ stargz }: ContainerdSettings): Table =>
  stargz ? { snapshotter: 'stargz', disable_snapshot_annotations: false } : { snapshotter: 'overlayfs' };

/**
 * Makes the plugin of the stargz snapshotter. Its exports are for what does pull through the transfer service: `ctr`
 * and later versions of containerd.
 */
function proxyPlugins({ stargz }: ContainerdSettings): Table {
  if (!stargz) return {};
  const exports = { root: STARGZ_ROOT, enable_remote_snapshot_annotations: 'true' };
  return { proxy_plugins: { stargz: { type: 'snapshot', address: STARGZ_SOCKET, exports } } };
}
