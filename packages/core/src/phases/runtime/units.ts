import { readsProxy } from '../host/proxy.ts';
import { STARGZ_CERTIFICATES } from './stargz-paths.ts';

/**
 * The systemd unit for containerd, which is as upstream's containerd.service. Upstream gave up LimitNOFILE=infinity,
 * because old programs in containers try to close every descriptor that there could be:
 * https://github.com/containerd/containerd/pull/8924
 */
export const containerdUnit = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target dbus.service

[Service]
${readsProxy}
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/local/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`;

/** What the kubelet's unit depends on for its node. */
export interface KubeletUnit {
  /** The unit of the runtime that the kubelet talks to: containerd.service, or vhive.service in front of it. */
  runtime: string;
}

/** Writes the systemd unit for the kubelet as the packages of Kubernetes have it, for binaries in /usr/local/bin. */
export function kubeletUnit({ runtime }: KubeletUnit): string {
  return `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target ${runtime}
After=network-online.target ${runtime}
StartLimitIntervalSec=0

[Service]
${readsProxy}
ExecStart=/usr/local/bin/kubelet
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
}

/** The drop-in of kubeadm, which names the files through which kubeadm tells the kubelet how to run. */
export const kubeadmDropIn = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# Written by kubeadm init and kubeadm join at run time.
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# The operator's last word.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

/**
 * The systemd unit for the stargz snapshotter, which is as upstream's but for two things. Its configuration file knows no
 * CAs, so those that it trusts beside the system's are in a folder of their own. And it has time for its start: it mounts
 * again what was mounted before the last boot, and waits half a minute for each layer whose registry does not answer. It
 * starts before containerd, which asks for it at once.
 */
export const stargzUnit = `[Unit]
Description=stargz snapshotter
Documentation=https://github.com/containerd/stargz-snapshotter
After=network.target
Before=containerd.service
StartLimitIntervalSec=0

[Service]
Type=notify
Environment=HOME=/root
Environment=SSL_CERT_DIR=/etc/ssl/certs:${STARGZ_CERTIFICATES}
${readsProxy}
ExecStart=/usr/local/bin/containerd-stargz-grpc --log-level=info --config=/etc/containerd-stargz-grpc/config.toml
Restart=always
RestartSec=1
TimeoutStartSec=30min
LimitNOFILE=infinity

[Install]
WantedBy=multi-user.target
`;

/**
 * Writes the systemd unit of the registry cache of an upstream, whose name is given as in file names. The user comes
 * with Debian's package.
 */
export function registryCacheUnit(upstream: string): string {
  return `[Unit]
Description=Pull-through cache of ${upstream}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
${readsProxy}
User=docker-registry
StateDirectory=vhive-registry-cache/${upstream}
ExecStart=/usr/bin/docker-registry serve /etc/vhive-registry-cache/${upstream}.yml
Restart=always
RestartSec=15

[Install]
WantedBy=multi-user.target
`;
}

/** Writes the systemd unit that answers with images of the mirror tree by this command. It only reads. */
export function imageServerUnit(command: readonly string[]): string {
  return `[Unit]
Description=vHive images: answers containerd as an image registry from the mirror tree
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
Environment=HOME=/root
# It is idle nearly always, and memory belongs to the functions.
Environment=NODE_OPTIONS=--max-semi-space-size=1
Environment=MALLOC_ARENA_MAX=1
ExecStart=${command.map(quoted).join(' ')}
Restart=always
RestartSec=5
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
`;
}

/** Quotes a word of an ExecStart line: `%` and `$` must be doubled, and blanks need quotes (systemd.service(5)). */
function quoted(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(escaped) ? `"${escaped.replaceAll(/["\\]/g, '\\$&')}"` : escaped;
}
