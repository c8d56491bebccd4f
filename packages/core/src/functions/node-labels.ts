import { VhiveError } from '@vhive/shared';

/** The entry of Knative's ConfigMap config-features by which functions may choose nodes. */
export const NODE_SELECTOR_FEATURE = 'kubernetes.podspec-nodeselector';

/** Labels of nodes, or what nodes are to have. */
export type Labels = Readonly<Record<string, string>>;

/** Whether a node with these labels has all that are wanted. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Throws `usage` where no node has the wanted labels. The error names the nodes and their labels. */
export function requireNode(field: string, wanted: Labels, nodes: ReadonlyMap<string, Labels>): void {
  if ([...nodes.values()].some((labels) => hasLabels(labels, wanted))) return;
  throw new VhiveError({
    code: 'usage',
    message: `${field}: no node has ${labelText(wanted)}. The nodes are ${nodesText(nodes)}`,
    hint: 'labels are set by kubernetes.nodeLabels in the cluster file, or by kubectl label node',
  });
}

/** So many nodes, and labels of each, are named. */
const MOST = { nodes: 20, labels: 12 };

/** Names nodes with their labels. */
export function nodesText(nodes: ReadonlyMap<string, Labels>): string {
  if (nodes.size === 0) return 'none';
  const texts = [...nodes].slice(0, MOST.nodes).map(([name, labels]) => `${name} (${labelText(labels)})`);
  return [...texts, ...(nodes.size > MOST.nodes ? [`${nodes.size - MOST.nodes} more`] : [])].join(', ');
}

/** Writes labels for people. */
export function labelText(labels: Labels): string {
  const texts = Object.entries(labels)
    // The same as another one, under a name of before.
    .filter(([key]) => !key.startsWith('beta.kubernetes.io/'))
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`));
  if (texts.length === 0) return 'no labels';
  return [...texts.slice(0, MOST.labels), ...(texts.length > MOST.labels ? ['...'] : [])].join(', ');
}
