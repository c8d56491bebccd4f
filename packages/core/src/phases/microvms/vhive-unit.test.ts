import { type ClusterFile, defined, LEGACY_VHIVE_COMMIT, LEGACY_VHIVE_REF } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import type { PhaseContext } from '../kit/context.ts';
import { examplePhaseContext } from '../kit/phase-context.fixture.ts';
import { vhiveFlags } from '../kit/vhive-flags.ts';
import { dnsTask } from './microvm-dns.ts';
import { vhiveUnit } from './vhive-unit.ts';

const contextOf = (firecracker: ClusterFile['firecracker'] = {}, fields: ClusterFile = {}) =>
  examplePhaseContext(1, { ...fields, firecracker });
const flagsOf = (context: PhaseContext) => vhiveFlags(context, context.controlPlane).join(' ');
const unitOf = (context: PhaseContext) => vhiveUnit(context, context.controlPlane);
const legacy = { vhiveRef: LEGACY_VHIVE_REF };
const main = '-hostIface eth0 -netPoolSize 10 -vethPrefix 172.17 -clonePrefix 172.18';

describe('vHive', () => {
  it.each([
    [{}, main],
    [{ snapshots: true }, `-snapshots ${main}`],
    [{ upf: true }, `-snapshots -upf -lazy ${main}`],
    [{ ...legacy, snapshots: true, upf: true }, '-snapshots -upf -hostIface eth0'],
    [{ vhiveRef: LEGACY_VHIVE_COMMIT, upf: true }, '-snapshots -upf -hostIface eth0'],
    [{ vhiveRef: 'f00d', generation: 'legacy' as const }, '-hostIface eth0'],
    [{ hostInterface: 'eno1', debug: true, extraFlags: ['-metrics'] }, `${main.replace('eth0', 'eno1')} -dbg -metrics`],
    [
      { netPoolSize: 50, vethPrefix: '10.1', clonePrefix: '10.2' },
      '-hostIface eth0 -netPoolSize 50 -vethPrefix 10.1 -clonePrefix 10.2',
    ],
  ])('%j is started with %s', (firecracker, flags) => {
    expect(flagsOf(contextOf(firecracker))).toBe(flags);
    expect(unitOf(contextOf(firecracker))).toContain(`\nExecStart=/usr/local/bin/vhive ${flags}\n`);
  });

  it('is told the interface of the default route, and without one that of the node’s address', () => {
    const context = contextOf();
    const at = (defaultAddress?: string) => {
      const interfaces = [
        { name: 'eno1', mac: '', up: true, addresses: ['fe80::1/64', '198.51.100.7/24'] },
        { name: 'enp6s0f0', mac: '', up: true, addresses: [`${context.controlPlane.address}/16`] },
      ];
      const facts = { ...context.controlPlane.facts, interfaces, ...defined({ defaultAddress }) };
      return vhiveFlags(context, { ...context.controlPlane, facts }).join(' ');
    };
    expect(at('198.51.100.7')).toContain('-hostIface eno1 ');
    expect(at()).toContain('-hostIface enp6s0f0 ');
  });

  it('mounts eStargz images by the proxy snapshotter, and can pull where no credentials are needed', () => {
    const anonymous = { username: '', password: '' };
    const flags = vhiveFlags(
      contextOf({}, { stargz: true, ready: { image: 'registry.example/a:1' } }),
      contextOf().controlPlane,
    );
    expect(flags.slice(0, 3)).toEqual(['-ss', 'proxy', '-dockerCredentials']);
    expect(JSON.parse(flags[3] ?? '')).toEqual({
      'docker-credentials': {
        'ghcr.io': anonymous,
        'https://index.docker.io/v1/': anonymous,
        'registry.example': anonymous,
      },
    });
    expect(unitOf(contextOf({}, { stargz: true }))).toContain(
      ' -ss proxy -dockerCredentials "{\\"docker-credentials\\":{\\"ghcr.io\\":',
    );
    expect(flagsOf(contextOf())).not.toContain('-ss');
  });

  it('finds a kubectl that knows the cluster’s DNS before the cluster answers', async () => {
    expect(unitOf(contextOf())).toContain('\nEnvironment=PATH=/opt/vhive/bin:/usr/local/sbin:');
    const answer = (fields: ClusterFile) => String(dnsTask(examplePhaseContext(1, fields)).params.content);
    expect(answer({})).toContain("'get service -n kube-system kube-dns '*) echo 10.96.0.10 ;;");
    expect(answer({ network: { serviceCidr: '172.30.250.0/16' } })).toContain(' echo 172.30.0.10 ;;');
    const kubeletConfiguration = { clusterDNS: ['169.254.20.10'] };
    expect(answer({ kubernetes: { kubeletConfiguration } })).toContain(' echo 169.254.20.10 ;;');
  });

  it('starts with no socket of an earlier one in its way', () => {
    expect(unitOf(contextOf())).toContain('\nExecStartPre=/bin/rm -f /etc/vhive-cri/vhive-cri.sock\n');
  });

  it('of the legacy branch removes the bridges it left, and only those', () => {
    expect(unitOf(contextOf())).not.toContain('ip link');
    expect(unitOf(contextOf(legacy))).toContain(
      `ExecStartPre=-/bin/sh -c "ip -4 -o address show dev br1 | grep -q ' 191.128.0.1/10 ' && ip link delete br1"`,
    );
  });

  it('has credentials in its environment, never on its command line', () => {
    const unit = unitOf(contextOf({ dockerCredentialsFile: '/root/credentials.json' }, { stargz: true }));
    expect(unit).toContain('\nEnvironmentFile=/etc/vhive-cri/credentials.env\n');
    expect(unit).not.toContain('dockerCredentials');
    expect(unitOf(contextOf())).not.toContain('EnvironmentFile=/etc/vhive-cri');
  });

  it('flags mean to systemd what they say', () => {
    const unit = unitOf(contextOf({ extraFlags: ['-x=100%', '-y=$HOME', '-z=a "b" c'] }));
    expect(unit).toContain(' -x=100%% -y=$$HOME "-z=a \\"b\\" c"\n');
  });
});
