import { type PhaseContext, VHIVE_SOCKET } from '../kit/context.ts';
import { CREDENTIALS_FILE } from './vhive-credentials.ts';
import { vhiveFlags } from './vhive-flags.ts';

/** Taken down before each start: the legacy branch stops where they are already; others' bridges of these names stay. */
const legacyBridges = [0, 1].map(
  (bridge) =>
    `ExecStartPre=-/bin/sh -c "ip -4 -o address show dev br${bridge} | grep -q ' 19${bridge}.128.0.1/10 ' && ip link delete br${bridge}"`,
);

/**
 * systemd's unit for vHive. It stands between the kubelet and containerd, so it starts after both containerds; a socket
 * that an earlier vHive left would keep it from listening. Its own end stops the microVMs it knows, so it gets time.
 */
export function vhiveUnit(context: Pick<PhaseContext, 'config' | 'features'>): string {
  const { dockerCredentialsFile } = context.config.firecracker;
  return [
    '[Unit]',
    'Description=vHive: the CRI of microVMs',
    'Documentation=https://github.com/vhive-serverless/vHive',
    'Wants=containerd.service firecracker-containerd.service',
    'After=network-online.target containerd.service firecracker-containerd.service',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'WorkingDirectory=/fccd',
    ...(dockerCredentialsFile === undefined ? [] : [`EnvironmentFile=${CREDENTIALS_FILE}`]),
    `ExecStartPre=/bin/rm -f ${VHIVE_SOCKET}`,
    ...(context.features.legacyVhive ? legacyBridges : []),
    `ExecStart=/usr/local/bin/vhive ${vhiveFlags(context).map(quoted).join(' ')}`.trimEnd(),
    'KillMode=mixed',
    'TimeoutStopSec=120',
    'Restart=always',
    'RestartSec=2',
    'LimitNPROC=infinity',
    'LimitNOFILE=infinity',
    'TasksMax=infinity',
    'OOMScoreAdjust=-999',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

/** A word as systemd reads it: neither its specifiers, its variables nor its quotes mean anything in it. */
function quoted(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_./:=,@%$-]+$/.test(plain) ? plain : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
