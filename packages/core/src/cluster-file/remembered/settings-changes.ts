import { type ClusterMembers, VhiveError } from '@vhive/shared';
import { type Changeability, changeabilityOf } from './changeable-fields.ts';

/** A field whose value is another than before. */
export interface SettingChange {
  /** A path with dots, such as `network.podCidr`; `mirror` for the mirror tree. */
  field: string;
  from: unknown;
  to: unknown;
  changeability: Changeability;
}

/** What is compared: a configuration with its defaults, and the mirror tree. */
export interface ComparedSettings {
  config: Readonly<Record<string, unknown>>;
  mirror?: string | undefined;
}

/** Returns what differs between two settings, field by field, in the order of the new ones. */
export function settingsChanges(before: ComparedSettings, after: ComparedSettings): SettingChange[] {
  const changes = differences(before.config, after.config, []).map(
    ({ field, from, to }): SettingChange => ({
      ...{ field, from, to },
      changeability: changeabilityOf(field) ?? 'applied',
    }),
  );
  if (before.mirror !== after.mirror)
    changes.push({ field: 'mirror', from: before.mirror, to: after.mirror, changeability: 'applied' });
  return changes;
}

/** Writes a change in one line: `sandbox: gvisor -> stock-only`. */
export function changeLine({ field, from, to, changeability }: SettingChange): string {
  const stays =
    changeability === 'adds' && isLess(from, to) ? ' (what is set up already stays: nothing is taken down)' : '';
  return `${field}: ${shown(from)} -> ${shown(to)}${stays}`;
}

/**
 * Throws code `usage` when a change cannot be made on the cluster that lives, naming each one, whom it concerns, and the
 * way there. `addresses` are those that the nodes would have for cluster traffic.
 */
export function refuseChanges(
  changes: readonly SettingChange[],
  members: ClusterMembers,
  addresses: ReadonlyMap<string, string>,
): void {
  const refused = changes.flatMap((change) => {
    const concerned = concernedBy(change, members, addresses);
    return concerned.length === 0 ? [] : [{ change, concerned }];
  });
  if (refused.length === 0) return;
  const lines = refused.map(({ change, concerned }) => `  ${changeLine(change)}: ${because(change, concerned)}`);
  const whole = refused.some(({ change }) => change.changeability === 'control-plane');
  const nodes = whole ? Object.keys(members) : [...new Set(refused.flatMap(({ concerned }) => concerned))];
  throw new VhiveError({
    code: 'usage',
    message: `what cannot be changed while the cluster lives:\n${lines.join('\n')}`,
    hint: [
      'nothing was touched. Leave these as they are, or take the nodes out first, which ends their pods:',
      `  on ${listed(nodes)}: kubeadm reset -f && vhive-agent uninstall --purge`,
      `  on this host: vhive-coord nodes remove ${nodes.slice(0, 5).join(' ')}${nodes.length > 5 ? ' ...' : ''}`,
      '  then enrol them again and repeat this command; docs/operating.md, "Changing a cluster", says more',
    ].join('\n'),
  });
}

function concernedBy(
  { changeability }: SettingChange,
  members: ClusterMembers,
  addresses: ReadonlyMap<string, string>,
): string[] {
  return Object.entries(members)
    .filter(([name, { role, address }]) => {
      switch (changeability) {
        case 'members':
          // In a cluster of several nodes the control plane runs no functions, so no sandbox either.
          return role !== 'control-plane';
        case 'control-plane':
          return role !== 'worker';
        case 'addresses':
          return addresses.has(name) && addresses.get(name) !== address;
        default:
          return false;
      }
    })
    .map(([name]) => name);
}

function because({ changeability }: SettingChange, concerned: readonly string[]): string {
  const who = listed(concerned);
  if (changeability === 'control-plane') return `the control plane on ${who} was made with it`;
  if (changeability === 'addresses') return `${who} joined with another address than this would give`;
  return `${who} joined with it`;
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${first} and ${names.length - 5} more` : first;
}

/** Whether a change takes something away: turns it off, leaves it out or shortens it. */
function isLess(from: unknown, to: unknown): boolean {
  if (Array.isArray(from) && Array.isArray(to)) return from.some((item) => !to.includes(item));
  return to === undefined || to === false;
}

function shown(value: unknown): string {
  if (value === undefined) return '(not set)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function differences(
  from: unknown,
  to: unknown,
  path: readonly string[],
): { field: string; from: unknown; to: unknown }[] {
  if (isMap(from) && isMap(to)) {
    const keys = new Set([...Object.keys(to), ...Object.keys(from)]);
    return [...keys].flatMap((key) => differences(from[key], to[key], [...path, key]));
  }
  return same(from, to) ? [] : [{ field: path.join('.'), from, to }];
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => same(item, b[at]));
  if (isMap(a) && isMap(b)) return differences(a, b, []).length === 0;
  return Object.is(a, b);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
