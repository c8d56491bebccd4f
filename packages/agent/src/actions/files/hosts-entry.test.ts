import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import type { CommandResult, Host } from '../../host/host.ts';
import { run } from '../../host/run.ts';
import { type TestContext, testContext } from '../kit/context.fixture.ts';
import { HOSTS_SCRIPT, WANTED_ENTRIES } from './hosts/hosts-script.ts';
import { hostsEntry } from './hosts-entry.ts';

const params = (address: string, name = 'registry.local') =>
  agentActions['hosts.entry'].params.parse({ names: [name], address });

/** Only systemd is imitated here. What its service runs is really run, with the files of the temporary root. */
async function machine(): Promise<TestContext & { said: string[] }> {
  const states = new Map<string, { enabled?: boolean; active?: boolean }>();
  const said: string[] = [];
  const systemctl = async (host: Host, [verb = '', name = '']: readonly string[]): Promise<CommandResult> => {
    const answer = (stdout = '') => ({ exitCode: 0, stdout, stderr: '' });
    const state = states.get(name) ?? {};
    if (verb === 'show')
      return answer(
        `LoadState=loaded\nActiveState=${state.active ? 'active' : 'inactive'}\nUnitFileState=${state.enabled ? 'enabled' : 'disabled'}\n`,
      );
    said.push([verb, name].join(' ').trim());
    states.set(name, { ...state, ...(verb === 'enable' ? { enabled: true } : { active: true }) });
    if (verb !== 'restart' || !name.endsWith('.service')) return answer();
    const unit = (await host.readFile(`/etc/systemd/system/${name}`))?.toString() ?? '';
    const [, script = ''] = /^ExecStart=(\S+)$/m.exec(unit) ?? [];
    return run([host.localPath(script), host.localPath(WANTED_ENTRIES), host.localPath('/etc/hosts')]);
  };
  const context = await testContext({
    host: (real) => ({
      run: ([program, ...args]) =>
        program === 'systemctl'
          ? systemctl(real, args)
          : Promise.resolve({ exitCode: 127, stdout: '', stderr: `${program}: not found` }),
    }),
  });
  return Object.assign(context, { said });
}

test('a name leads to its address; bytes and mode of the rest stay', async () => {
  await using context = await machine();
  const { host } = context;
  const before = Buffer.concat([Buffer.from('127.0.0.1 localhost # caf'), Buffer.from([0xe9, 0x0a])]);
  await host.writeFile('/etc/hosts', before, { mode: '0664' });
  expect(await hostsEntry.check(params('10.96.0.5'), context)).toMatchObject({
    changes: expect.arrayContaining(['/etc/hosts: registry.local leads to 10.96.0.5']),
  });
  await hostsEntry.apply(params('10.96.0.5'), context);
  expect(await hostsEntry.check(params('10.96.0.5'), context)).toEqual({ converged: true, outputs: {} });
  const after = await host.readFile('/etc/hosts');
  expect(after?.subarray(0, before.length).equals(before)).toBe(true);
  expect((await host.stat('/etc/hosts'))?.mode).toBe('0664');

  await hostsEntry.apply(params('10.96.0.6'), context);
  expect((await host.readFile('/etc/hosts'))?.toString('latin1')).not.toContain('10.96.0.5');
  expect(await hostsEntry.check(params('10.96.0.6'), context)).toMatchObject({ converged: true });
});

test('two entries, one watch; at boot both come back without the coordinator', async () => {
  await using context = await machine();
  const { host } = context;
  await hostsEntry.apply(params('10.96.0.5'), context);
  await hostsEntry.apply(params('10.96.0.9', 'other.local'), context);
  expect(context.said).toEqual(expect.arrayContaining(['enable vhive-hosts.path', 'enable vhive-hosts.service']));
  const whole = await host.readFile('/etc/hosts');
  expect(whole?.toString()).toContain('10.96.0.9 other.local');

  await host.writeFile('/etc/hosts', '', { mode: '0644' });
  const [script, wanted, hosts] = [HOSTS_SCRIPT, WANTED_ENTRIES, '/etc/hosts'].map(host.localPath);
  expect(await run([script, wanted, hosts].map(String))).toMatchObject({ exitCode: 0 });
  expect(await host.readFile('/etc/hosts')).toEqual(whole);
});

test.each([
  ['/etc/hosts', 'leads to'],
  [WANTED_ENTRIES, 'is made'],
  [HOSTS_SCRIPT, 'is made'],
  ['/etc/systemd/system/vhive-hosts.service', 'is made'],
  ['/etc/systemd/system/vhive-hosts-again.service', 'is made'],
  ['/etc/systemd/system/vhive-hosts.path', 'is made'],
])('without %s it is not done, and done again it is there', async (path, change) => {
  await using context = await machine();
  const { host } = context;
  await hostsEntry.apply(params('10.96.0.5'), context);
  await host.remove(path);
  expect(await hostsEntry.check(params('10.96.0.5'), context)).toMatchObject({
    changes: [expect.stringMatching(`${path}: .*${change}`)],
  });
  await hostsEntry.apply(params('10.96.0.5'), context);
  expect(await hostsEntry.check(params('10.96.0.5'), context)).toMatchObject({ converged: true });
});

test('a host without systemd is told so', async () => {
  await using context = await testContext();
  await expect(hostsEntry.apply(params('10.96.0.5'), context)).rejects.toMatchObject({
    failure: { permanent: true, hint: expect.stringContaining('systemd') },
  });
});
