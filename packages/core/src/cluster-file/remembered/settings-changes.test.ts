import { type ClusterMembers, VhiveError } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { changeLine, refuseChanges, resolveConfig, settingsChanges } from '../index.ts';

const at = '2026-03-01T10:00:00.000Z';
const of = (text: string, mirror?: string) => ({ config: resolveConfig({ file: { path: 'f', text } }), mirror });
const linesOf = (before: string, after: string) => settingsChanges(of(before), of(after)).map(changeLine);

const both: ClusterMembers = {
  master: { since: at, role: 'control-plane', address: '10.0.0.1' },
  worker: { since: at, role: 'worker', address: '10.0.0.2' },
};
const addresses = new Map([
  ['master', '10.0.0.1'],
  ['worker', '10.0.0.2'],
]);

function refusalOf(before: string, after: string, members: ClusterMembers, now = addresses): VhiveError | undefined {
  try {
    refuseChanges(settingsChanges(of(before), of(after)), members, now);
  } catch (error) {
    if (error instanceof VhiveError) return error;
    throw error;
  }
  return undefined;
}

describe('changes of settings', () => {
  it('are told field by field, with both values', () => {
    expect(linesOf('nodes: 2\n', 'nodes: 3\nlimits: { joinConcurrency: 5 }\n')).toEqual([
      'nodes: 2 -> 3',
      'limits.joinConcurrency: 25 -> 5',
    ]);
    expect(linesOf('lan: 10.0.0.0/24\n', '')).toEqual(['lan: 10.0.0.0/24 -> (not set)']);
    expect(settingsChanges(of('', '/a'), of('', '/b')).map(changeLine)).toEqual(['mirror: /a -> /b']);
    expect(linesOf('sandbox: gvisor\n', 'sandbox: gvisor\n')).toEqual([]);
  });

  it('say that what is turned off stays', () => {
    expect(linesOf('', 'knative: { eventing: false }\n')).toEqual([
      'knative.eventing: true -> false (what is set up already stays: nothing is taken down)',
    ]);
    expect(linesOf('knative: { eventing: false }\n', '')).toEqual(['knative.eventing: false -> true']);
  });

  it('of the sandbox are refused while a node that runs functions is a member', () => {
    const refused = refusalOf('sandbox: gvisor\n', 'sandbox: stock-only\n', both);
    expect(refused).toMatchObject({ code: 'usage' });
    expect(refused?.message).toContain('sandbox: gvisor -> stock-only: worker joined with it');
    expect(refused?.hint).toContain('vhive-coord nodes remove worker');
    const { worker: _, ...masterAlone } = both;
    expect(refusalOf('sandbox: gvisor\n', 'sandbox: stock-only\n', masterAlone)).toBeUndefined();
    const single: ClusterMembers = { master: { since: at, role: 'single', address: '10.0.0.1' } };
    expect(refusalOf('sandbox: gvisor\n', 'sandbox: stock-only\n', single)?.message).toContain('master joined with it');
  });

  it('of what kubeadm init was given are refused while there is a control plane', () => {
    const change = (members: ClusterMembers) => refusalOf('', 'network: { podCidr: 10.50.0.0/16 }\n', members);
    expect(change(both)?.message).toContain(
      'network.podCidr: 10.244.0.0/16 -> 10.50.0.0/16: the control plane on master',
    );
    expect(change(both)?.hint).toContain('on master, worker: kubeadm reset -f');
    expect(change({})).toBeUndefined();
  });

  it('of the LAN are refused only for nodes that would have another address', () => {
    const change = (now: Map<string, string>) => refusalOf('', 'lan: 10.0.0.0/24\n', both, now);
    expect(change(addresses)).toBeUndefined();
    expect(change(new Map([...addresses, ['worker', '192.168.0.2']]))?.message).toContain('worker joined with another');
  });

  it('that can be made are not refused, and all that cannot are named at once', () => {
    expect(refusalOf('', 'nodes: 4\nextras: { zipkin: true }\nstargz: true\n', both)).toBeUndefined();
    const all = refusalOf('', 'sandbox: gvisor\nname: other\n', both)?.message;
    expect(all).toContain('sandbox:');
    expect(all).toContain('name:');
  });
});
