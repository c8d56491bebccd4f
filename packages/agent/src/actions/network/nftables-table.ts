import { createHash } from 'node:crypto';
import type { Params } from '@vhive/shared';
import * as z from 'zod';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed, failedForGood, lastLines } from '../kit/failures.ts';
import { ensureFile, fileChanges, rootFile } from '../kit/managed-file.ts';
import { type OneshotUnit, oneshotUnitChanges, runOneshotUnit } from '../systemd/oneshot-unit.ts';

type TableParams = Params<'nftables.table'>;

/** The path of nft on Debian and Ubuntu. */
const NFT = '/usr/sbin/nft';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * The record of what was loaded last, and of how the kernel listed it right afterwards. The listing is never the same
 * text as the rules that were loaded, so both are needed.
 */
const loadRecord = z.object({ rules: z.string(), listing: z.string() });
const recordName = ({ family, table }: TableParams) => `nftables.table ${family} ${table}`;

const ruleFile = ({ family, table, rules }: TableParams) =>
  rootFile(
    `/etc/vhive/nftables/${table}.nft`,
    [
      '# Written by vhive-agent; changes are overwritten.',
      // nft applies a file as a whole. The first line makes sure that the table exists, so that the second one can
      // remove it; then it is made again.
      `table ${family} ${table} {}`,
      `delete table ${family} ${table}`,
      `table ${family} ${table} {`,
      rules.trimEnd(),
      '}',
      '',
    ].join('\n'),
  );

const load = (params: TableParams) => `${NFT} -f ${ruleFile(params).path}`;

const oneshot = (params: TableParams): OneshotUnit => ({
  name: params.unit,
  description: `nftables table ${params.family} ${params.table} of vHive`,
  unit: [`After=${DISTRIBUTION_UNIT}`],
  service: [`ExecStart=${load(params)}`, `ExecReload=${load(params)}`],
  others: [{ name: DISTRIBUTION_UNIT, file: dropIn(params) }],
});

/** The unit of the distribution's own rules in /etc/nftables.conf. It is disabled by default. */
const DISTRIBUTION_UNIT = 'nftables.service';

/**
 * A drop-in for the distribution's unit, which empties the whole rule set whenever it starts or reloads. With the
 * drop-in it then loads our table as well, and goes on if that fails. Without such a unit the file means nothing.
 */
const dropIn = (params: TableParams) =>
  rootFile(
    `/etc/systemd/system/${DISTRIBUTION_UNIT}.d/${params.table}.conf`,
    [
      '# Written by vhive-agent; changes are overwritten.',
      '[Service]',
      `ExecStartPost=-${load(params)}`,
      // This runs after what the unit itself does on a reload, because such lines add up.
      `ExecReload=-${load(params)}`,
      '',
    ].join('\n'),
  );

/** Returns the table as the kernel lists it, without counters and handles; undefined when there is no such table. */
async function listing({ family, table }: TableParams, { host, signal }: ActionContext): Promise<string | undefined> {
  const result = await host.run(['nft', '--stateless', 'list', 'table', family, table], { signal });
  if (result.exitCode === 0) return result.stdout;
  // nft is not installed yet, or there is no such table. Any other failure does not answer the question.
  if (result.exitCode === 127 || /no such (file|table)/i.test(result.stderr)) return undefined;
  throw commandFailed(`nft list table ${family} ${table}`, result);
}

async function tableChanges(params: TableParams, context: ActionContext): Promise<string[]> {
  const title = `table ${params.family} ${params.table}`;
  const live = await listing(params, context);
  if (live === undefined) return [`${title}: is loaded`];
  const record = loadRecord.safeParse(await context.records.get(recordName(params)));
  if (!record.success || record.data.rules !== digest(ruleFile(params).content)) return [`${title}: is replaced`];
  if (record.data.listing !== digest(live)) return [`${title}: is replaced (somebody changed it since it was loaded)`];
  return [];
}

/** Lets nft read the rules without changing anything, and throws when it refuses them. */
async function refuseBadRules(params: TableParams, { host, signal }: ActionContext): Promise<void> {
  const { path, content, ...attributes } = ruleFile(params);
  // The rules are in a file and not on standard input: older releases (Ubuntu 20.04) open /dev/stdin, and that fails
  // for the socket by which the agent writes to a program.
  const candidate = `${path}.candidate`;
  await host.writeFile(candidate, content, attributes);
  const result = await host.run(['nft', '-c', '-f', candidate], { signal }).finally(() => host.remove(candidate));
  if (result.exitCode === 0) return;
  if (result.exitCode === 127)
    throw failedForGood('there is no nft on this host', { hint: 'apt-get install nftables' });
  const lines = lastLines(result);
  throw failedForGood(
    `nft refuses the rules of table ${params.family} ${params.table}: ${lines.find((line) => /error/i.test(line)) ?? lines[0] ?? ''}`,
    {
      lastLines: lines,
      hint: 'the table in use was left as it is; is the kernel module nf_tables there? nft list tables',
    },
  );
}

/** The action `nftables.table`, whose contract says what it does. */
export const nftablesTable: Action<'nftables.table'> = {
  async check(params, context) {
    const { host, signal } = context;
    const changes = [
      ...(await fileChanges(host, ruleFile(params))),
      ...(await tableChanges(params, context)),
      ...(await oneshotUnitChanges(oneshot(params), host, signal)),
    ];
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    await refuseBadRules(params, context);
    await ensureFile(context.host, ruleFile(params));
    await runOneshotUnit(oneshot(params), context);
    const live = await listing(params, context);
    if (live === undefined)
      throw failed(`table ${params.family} ${params.table} is not there after ${params.unit} loaded it`, {
        hint: `journalctl -u ${params.unit} -n 50; nft list ruleset`,
      });
    await context.records.set(recordName(params), {
      rules: digest(ruleFile(params).content),
      listing: digest(live),
    });
    return undefined;
  },
};
