import { readsProxy } from '../host/proxy.ts';

/**
 * The systemd unit for firecracker-containerd. A microVM lives on in its shim when the daemon is restarted, as
 * containers do with containerd.
 */
export const firecrackerUnit = `[Unit]
Description=firecracker-containerd: microVMs for vHive
Documentation=https://github.com/vhive-serverless/vHive
Wants=vhive-thin-pool.service
After=network.target vhive-thin-pool.service vhive-microvm-network.service

[Service]
${readsProxy}
ExecStart=/usr/local/bin/firecracker-containerd --config /etc/firecracker-containerd/config.toml
Delegate=yes
KillMode=process
Restart=always
RestartSec=2
LimitNPROC=infinity
LimitCORE=infinity
LimitNOFILE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`;

/**
 * The systemd unit for the program that tells the demux snapshotter at which socket the snapshotter of a microVM
 * answers.
 */
export const resolverUnit = `[Unit]
Description=http-address-resolver: where the snapshotters of microVMs answer
Wants=firecracker-containerd.service
After=firecracker-containerd.service

[Service]
ExecStart=/usr/local/bin/http-address-resolver
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;

/**
 * The systemd unit for the demux snapshotter, which passes what firecracker-containerd asks of a snapshotter on to the
 * one within the microVM. A stale socket would keep it from starting, so it is removed before.
 */
export const demuxUnit = `[Unit]
Description=demux-snapshotter: eStargz images within microVMs
Wants=http-address-resolver.service
After=http-address-resolver.service

[Service]
ExecStartPre=/bin/rm -f /var/lib/demux-snapshotter/snapshotter.sock
ExecStart=/usr/local/bin/demux-snapshotter
Restart=always
RestartSec=2
LimitNOFILE=infinity

[Install]
WantedBy=multi-user.target
`;
