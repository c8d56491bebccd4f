import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSimulatedHost } from '../../simulated/simulated-host.ts';
import { firewallFindings } from './firewall-findings.ts';

test('firewalls are told by name, with how to open them, on hosts that are to become nodes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-firewall-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const host = await createSimulatedHost({ directory, name: 'sim-1', address: '127.0.0.1' });
  expect(await firewallFindings(host, false)).toEqual([]);
  await host.writeFile('/etc/ufw/ufw.conf', '# comment\nENABLED=no\n', { mode: '0644' });
  expect(await firewallFindings(host, false)).toEqual([]);
  await host.writeFile('/etc/ufw/ufw.conf', '# comment\nENABLED=yes\n', { mode: '0644' });
  await host.writeFile('/usr/lib/systemd/system/firewalld.service', '', { mode: '0644' });
  await host.run(['systemctl', 'start', 'firewalld.service']);
  expect(await firewallFindings(host, false)).toMatchObject([
    {
      check: 'firewall',
      level: 'warning',
      message: expect.stringContaining('ufw'),
      hint: expect.stringContaining('ufw allow'),
    },
    { level: 'warning', message: expect.stringContaining('firewalld') },
  ]);
  expect(await firewallFindings(host, true)).toEqual([]);
});
