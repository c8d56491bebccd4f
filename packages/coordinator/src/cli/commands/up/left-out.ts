import type { NodeView } from '@vhive/shared';
import type { ChosenNodes } from './choose-nodes.ts';
import type { UpSettings } from './settings.ts';
import type { MessageLine } from './settings-lines.ts';

/**
 * Says which nodes a run leaves out, and what becomes of those that are members of the cluster: they stay in it as they
 * are, until they are taken out.
 */
export function leftOutLines(
  chosen: ChosenNodes,
  { remembered }: Pick<UpSettings, 'remembered'>,
  nodes: readonly NodeView[],
): MessageLine[] {
  const members = Object.entries(remembered.record?.members ?? {})
    .filter(([name, { since }]) => nodes.some((node) => node.name === name && node.enrolledAt <= since))
    .map(([name]) => name)
    .filter((name) => !chosen.names.includes(name));
  const others = chosen.left.filter((name) => !members.includes(name));
  return [
    ...(others.length === 0
      ? []
      : [{ text: `taking ${chosen.names.join(', ')}; left out: ${others.join(', ')}`, level: 'warning' as const }]),
    ...(members.length === 0 ? [] : [{ text: stayLine(members, chosen.controlPlane), level: 'warning' as const }]),
  ];
}

function stayLine(members: readonly string[], master: string): string {
  const names = members.join(' ');
  const [they, are] = members.length === 1 ? ['it stays', 'is'] : ['they stay', 'are'];
  return (
    `${names} ${are} left out: ${they} in Kubernetes with all pods, and nothing there is looked at or changed. To take ` +
    `${members.length === 1 ? 'it' : 'them'} out: kubectl drain --ignore-daemonsets --delete-emptydir-data ${names} and ` +
    `kubectl delete node ${names} on ${master}; kubeadm reset -f there; vhive-coord nodes remove ${names}`
  );
}
