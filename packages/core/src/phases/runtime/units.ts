/** systemd's unit for containerd, as upstream's containerd.service has it. */
export const containerdUnit = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target dbus.service

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/local/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
LimitNOFILE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`;

/** What the kubelet's unit says of the node it runs on. */
export interface KubeletUnit {
  /** The runtime it talks to: containerd.service, or vhive.service in front of it. */
  runtime: string;
}

/** systemd's unit for the kubelet, as in the packages of Kubernetes, for binaries in /usr/local/bin. */
export function kubeletUnit({ runtime }: KubeletUnit): string {
  return `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target ${runtime}
After=network-online.target ${runtime}
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/local/bin/kubelet
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
}

/** kubeadm's drop-in: the files through which kubeadm tells the kubelet how to run. */
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

/** systemd's unit for the stargz snapshotter, as upstream's: containerd asks for it as soon as it starts. */
export const stargzUnit = `[Unit]
Description=stargz snapshotter
Documentation=https://github.com/containerd/stargz-snapshotter
After=network.target
Before=containerd.service

[Service]
Type=notify
Environment=HOME=/root
ExecStart=/usr/local/bin/containerd-stargz-grpc --log-level=info --config=/etc/containerd-stargz-grpc/config.toml
Restart=always
RestartSec=1
LimitNOFILE=infinity

[Install]
WantedBy=multi-user.target
`;

/** A pull-through cache of an upstream (its name as in file names); the user comes with Debian's package. */
export function registryCacheUnit(upstream: string): string {
  return `[Unit]
Description=Pull-through cache of ${upstream}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
User=docker-registry
StateDirectory=vhive-registry-cache/${upstream}
ExecStart=/usr/bin/docker-registry serve /etc/vhive-registry-cache/${upstream}.yml
Restart=always
RestartSec=15

[Install]
WantedBy=multi-user.target
`;
}
