import { type ClusterFile, LEGACY_VHIVE_REF } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { examplePhaseContext } from '../kit/phase-context.fixture.ts';
import { vhiveFlags } from './vhive-flags.ts';
import { vhiveUnit } from './vhive-unit.ts';

const contextOf = (firecracker: ClusterFile['firecracker'] = {}) => examplePhaseContext(1, { firecracker });
const legacy = { vhiveRef: LEGACY_VHIVE_REF };
const main = '-netPoolSize 10 -vethPrefix 172.17 -clonePrefix 172.18';

describe('vHive', () => {
  it.each([
    [{}, main],
    [{ snapshots: true }, `-snapshots ${main}`],
    [{ ...legacy, snapshots: true, upf: true }, '-snapshots -upf'],
    [{ ...legacy }, ''],
    [{ hostInterface: 'eno1', debug: true, extraFlags: ['-metrics'] }, `-hostIface eno1 ${main} -dbg -metrics`],
    [
      { netPoolSize: 50, vethPrefix: '10.1', clonePrefix: '10.2' },
      '-netPoolSize 50 -vethPrefix 10.1 -clonePrefix 10.2',
    ],
  ])('%j is started with %s', (firecracker, flags) => {
    expect(vhiveFlags(contextOf(firecracker)).join(' ')).toBe(flags);
    expect(vhiveUnit(contextOf(firecracker))).toContain(`${`\nExecStart=/usr/local/bin/vhive ${flags}`.trimEnd()}\n`);
  });

  it('starts with no socket of an earlier one in its way', () => {
    expect(vhiveUnit(contextOf())).toContain('\nExecStartPre=/bin/rm -f /etc/vhive-cri/vhive-cri.sock\n');
  });

  it('of the legacy branch removes the bridges it left, and only those', () => {
    expect(vhiveUnit(contextOf())).not.toContain('ip link');
    expect(vhiveUnit(contextOf(legacy))).toContain(
      `ExecStartPre=-/bin/sh -c "ip -4 -o address show dev br1 | grep -q ' 191.128.0.1/10 ' && ip link delete br1"`,
    );
  });

  it('has credentials in its environment, never on its command line', () => {
    const unit = vhiveUnit(contextOf({ dockerCredentialsFile: '/root/credentials.json' }));
    expect(unit).toContain('\nEnvironmentFile=/etc/vhive-cri/credentials.env\n');
    expect(unit).not.toContain('dockerCredentials');
    expect(vhiveUnit(contextOf())).not.toContain('EnvironmentFile');
  });

  it('flags mean to systemd what they say', () => {
    const unit = vhiveUnit(contextOf({ extraFlags: ['-x=100%', '-y=$HOME', '-z=a "b" c'] }));
    expect(unit).toContain(' -x=100%% -y=$$HOME "-z=a \\"b\\" c"\n');
  });
});
