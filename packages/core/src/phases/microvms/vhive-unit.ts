import { readsProxy } from '../host/proxy.ts';
import { type PlanNode, VHIVE_SOCKET } from '../kit/context.ts';
import type { SmokeContext } from '../kit/smoke-images.ts';
import { vhiveFlags } from '../kit/vhive-flags.ts';
import { VHIVE_PROGRAMS } from './microvm-dns.ts';
import { CREDENTIALS_FILE } from './vhive-credentials.ts';

/**
 * The lines that remove the bridges of the legacy branch before each start, because it stops where they exist already.
 * Bridges of others with the same names stay.
 */
const legacyBridges = [0, 1].map(
  (bridge) =>
    `ExecStartPre=-/bin/sh -c "ip -4 -o address show dev br${bridge} | grep -q ' 19${bridge}.128.0.1/10 ' && ip link delete br${bridge}"`,
);

/**
 * Writes the systemd unit for a node's vHive. vHive is between the kubelet and containerd, so it starts after both containerds.
 * A socket that an earlier vHive left would keep it from listening, so it is removed before. When vHive ends it stops
 * the microVMs that it knows, so it gets time for that.
 */
export function vhiveUnit(context: SmokeContext, node: PlanNode): string {
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
    `Environment=PATH=${VHIVE_PROGRAMS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    ...(dockerCredentialsFile === undefined ? [] : [`EnvironmentFile=${CREDENTIALS_FILE}`]),
    readsProxy,
    `ExecStartPre=/bin/rm -f ${VHIVE_SOCKET}`,
    ...(context.features.legacyVhive ? legacyBridges : []),
    `ExecStart=/usr/local/bin/vhive ${vhiveFlags(context, node).map(quoted).join(' ')}`.trimEnd(),
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

/** Quotes a word for systemd, so that neither specifiers nor variables nor quotes in it mean anything. */
function quoted(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_./:=,@%$-]+$/.test(plain) ? plain : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
