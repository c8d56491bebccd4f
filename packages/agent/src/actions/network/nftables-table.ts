import { createHash } from 'node:crypto';
import type { Params } from '@vhive/shared';
import * as z from 'zod';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed, failedForGood, lastLines } from '../kit/failures.ts';
import { ensureFile, fileChanges, rootFile } from '../kit/managed-file.ts';
import { type OneshotUnit, oneshotUnitChanges, runOneshotUnit } from '../systemd/oneshot-unit.ts';

type TableParams = Params<'nftables.table'>;

/** Where Debian and Ubuntu keep it. */
const NFT = '/usr/sbin/nft';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** What was loaded last, and how the kernel listed it right afterwards: its listing is never the text it was given. */
const loadRecord = z.object({ rules: z.string(), listing: z.string() });
const recordName = ({ family, table }: TableParams) => `nftables.table ${family} ${table}`;

const ruleFile = ({ family, table, rules }: TableParams) =>
  rootFile(
    `/etc/vhive/nftables/${table}.nft`,
    [
      '# Written by vhive-agent; changes are overwritten.',
      // nft applies a file as a whole: first the table is there in any case, then it is removed and made anew.
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

/** The distribution's own rules, /etc/nftables.conf; disabled as it comes. */
const DISTRIBUTION_UNIT = 'nftables.service';

/**
 * That unit empties the whole rule set whenever it starts or reloads: it then loads our table too, and goes on where that
 * fails. Without such a unit the file means nothing.
 */
const dropIn = (params: TableParams) =>
  rootFile(
    `/etc/systemd/system/${DISTRIBUTION_UNIT}.d/${params.table}.conf`,
    [
      '# Written by vhive-agent; changes are overwritten.',
      '[Service]',
      `ExecStartPost=-${load(params)}`,
      // After what the unit itself does: such lines add up.
      `ExecReload=-${load(params)}`,
      '',
    ].join('\n'),
  );

/** The table as the kernel has it, without counters and handles; undefined when there is none. */
async function listing({ family, table }: TableParams, { host, signal }: ActionContext): Promise<string | undefined> {
  const result = await host.run(['nft', '--stateless', 'list', 'table', family, table], { signal });
  if (result.exitCode === 0) return result.stdout;
  // Not installed yet, or no such table. All else is no answer to the question.
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

/** nft reads the rules and changes nothing. */
async function refuseBadRules(params: TableParams, { host, signal }: ActionContext): Promise<void> {
  const { path, content, ...attributes } = ruleFile(params);
  // A file, not standard input: older releases (Ubuntu 20.04) open /dev/stdin, which a socket between processes refuses.
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

/** `nftables.table` */
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
