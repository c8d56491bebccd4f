import { delimiter } from 'node:path';
import { type TestContext, testContext } from '@vhive/agent/actions/kit/context.fixture';
import { nftablesTable } from '@vhive/agent/actions/network/nftables-table';
import type { CommandResult, Host } from '@vhive/agent/host/host';
import { run, SEARCH_PATH } from '@vhive/agent/host/run';
import { agentActions, type Params } from '@vhive/shared';
import { describe, expect, test } from 'vitest';
import { debianTools, needing } from '../support/debian-tools.ts';

const params = (rules: string): Params<'nftables.table'> =>
  agentActions['nftables.table'].params.parse({ family: 'ip', table: 'vhive_nat', rules, unit: 'vhive-nft.service' });

const masquerade = (source: string) => `
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${source} counter masquerade
  }`;

// These tests use the real nft of Debian in network namespaces of their own.
const tools = await debianTools({ nft: 'nftables', ip: 'iproute2' });
const runTool = (argv: readonly string[]) =>
  run(argv, {}, 'path' in tools ? [tools.path, SEARCH_PATH].join(delimiter) : SEARCH_PATH);
const namespaces = await runTool(['unshare', '-n', 'nft', 'list', 'tables']);
const here =
  'missing' in tools || namespaces.exitCode === 0
    ? tools
    : { missing: `nft does not work in a network namespace here, which takes root: ${namespaces.stderr.trim()}` };

/**
 * Makes a network namespace with a real rule set of its own. Only systemd is imitated: the commands of its unit are run
 * by hand.
 */
async function namespace() {
  const name = `vhive-nft-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const inside = ([program = '', ...args]: readonly string[]) =>
    // Units name nft by its path in Debian. Here that path stands for the tool in PATH.
    runTool(['ip', 'netns', 'exec', name, program === '/usr/sbin/nft' ? 'nft' : program, ...args]);
  await runTool(['ip', 'netns', 'add', name]);
  const unit = { enabled: false, active: false };
  const systemctl = async (host: Host, verb = ''): Promise<CommandResult> => {
    const said = (stdout = '', exitCode = 0) => ({ exitCode, stdout, stderr: '' });
    if (verb === 'show')
      return said(
        `LoadState=loaded\nActiveState=${unit.active ? 'active' : 'inactive'}\nUnitFileState=${unit.enabled ? 'enabled' : 'disabled'}\n`,
      );
    if (verb === 'enable') unit.enabled = true;
    if (verb !== 'restart') return said();
    const text = (await host.readFile('/etc/systemd/system/vhive-nft.service'))?.toString() ?? '';
    const [, program = '', path = ''] = /^ExecStart=(\S+) -f (\S+)$/m.exec(text) ?? [];
    unit.active = true;
    return inside([program, '-f', host.localPath(path)]);
  };
  const context: TestContext = await testContext({
    host: (real) => ({
      run: ([program = '', ...args]) =>
        program === 'systemctl'
          ? systemctl(real, args[0])
          : program === 'journalctl'
            ? Promise.resolve({ exitCode: 1, stdout: '', stderr: '' })
            : inside([program, ...args.map((word) => (word.startsWith('/') ? real.localPath(word) : word))]),
    }),
  });
  return {
    context,
    nft: (...args: string[]) => inside(['nft', ...args]),
    async [Symbol.asyncDispose]() {
      await runTool(['ip', 'netns', 'del', name]);
      await context[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf('missing' in here)(needing(here, 'nftables.table with a real nft'), () => {
  test('loads, replaces as a whole, leaves other tables alone', async () => {
    await using space = await namespace();
    const { context, nft } = space;
    await nft('add', 'table', 'ip', 'other');
    const first = params(masquerade('172.17.0.0/16'));
    expect(await nftablesTable.check(first, context)).toMatchObject({ converged: false });
    await nftablesTable.apply(first, context);
    expect(await nftablesTable.check(first, context)).toEqual({ converged: true, outputs: {} });
    expect((await nft('list', 'ruleset')).stdout).toMatch(/172\.17\.0\.0\/16 counter/);

    const second = params(masquerade('172.18.0.0/16'));
    expect(await nftablesTable.check(second, context)).toMatchObject({ converged: false });
    await nftablesTable.apply(second, context);
    expect(await nftablesTable.check(second, context)).toEqual({ converged: true, outputs: {} });
    const rules = (await nft('list', 'ruleset')).stdout;
    expect(rules).toContain('172.18.0.0/16');
    expect(rules).not.toContain('172.17.0.0/16');
    expect(rules).toContain('table ip other');
  });

  test('what somebody changes or removes by hand is seen and put right', async () => {
    await using space = await namespace();
    const { context, nft } = space;
    const wanted = params(masquerade('172.17.0.0/16'));
    await nftablesTable.apply(wanted, context);
    await nft('add', 'rule', 'ip', 'vhive_nat', 'postrouting', 'drop');
    expect(await nftablesTable.check(wanted, context)).toEqual({
      converged: false,
      changes: ['table ip vhive_nat: is replaced (somebody changed it since it was loaded)'],
    });
    await nftablesTable.apply(wanted, context);
    expect(await nftablesTable.check(wanted, context)).toMatchObject({ converged: true });
    await nft('delete', 'table', 'ip', 'vhive_nat');
    expect(await nftablesTable.check(wanted, context)).toEqual({
      converged: false,
      changes: ['table ip vhive_nat: is loaded'],
    });
  });

  test('the distribution’s own unit, which empties everything when it starts or reloads, loads the table again', async () => {
    await using space = await namespace();
    const { context, nft } = space;
    const { host } = context;
    const wanted = params(masquerade('172.17.0.0/16'));
    await nftablesTable.apply(wanted, context);
    const path = '/etc/systemd/system/nftables.service.d/vhive_nat.conf';
    const dropIn = (await host.readFile(path))?.toString() ?? '';
    for (const key of ['ExecStartPost', 'ExecReload']) {
      await nft('flush', 'ruleset');
      expect(await nftablesTable.check(wanted, context)).toMatchObject({ converged: false });
      // The dash in front of the command says that the unit does not fail when the command does.
      const [, line = ''] = new RegExp(`^${key}=-(.+)$`, 'm').exec(dropIn) ?? [];
      expect(await host.run(line.split(' '))).toMatchObject({ exitCode: 0 });
      expect(await nftablesTable.check(wanted, context)).toEqual({ converged: true, outputs: {} });
    }
    await host.remove(path);
    expect(await nftablesTable.check(wanted, context)).toMatchObject({
      changes: [expect.stringContaining(`${path}: is made`)],
    });
    await nftablesTable.apply(wanted, context);
    expect((await host.readFile(path))?.toString()).toBe(dropIn);
  });

  test('a mistake in the rules is refused before anything is replaced', async () => {
    await using space = await namespace();
    const { context, nft } = space;
    const good = params(masquerade('172.17.0.0/16'));
    await nftablesTable.apply(good, context);
    const before = (await nft('list', 'ruleset')).stdout;
    await expect(nftablesTable.apply(params(masquerade('no-address/99')), context)).rejects.toMatchObject({
      message: expect.stringMatching(/nft refuses the rules.*[Ee]rror/),
      failure: { permanent: true, lastLines: expect.arrayContaining([expect.stringContaining('no-address')]) },
    });
    expect((await nft('list', 'ruleset')).stdout).toBe(before);
    expect(await context.host.list('/etc/vhive/nftables')).toEqual(['vhive_nat.nft']);
    expect(await nftablesTable.check(good, context)).toMatchObject({ converged: true });
  });
});
