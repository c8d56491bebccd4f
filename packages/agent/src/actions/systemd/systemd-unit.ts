import type { Params } from '@vhive/shared';
import * as z from 'zod';
import type { Action, ActionContext } from '../kit/action.ts';
import { failed, failedForGood } from '../kit/failures.ts';
import { ensureFile, fileChanges } from '../kit/managed-file.ts';
import { waitUntilReady } from './readiness.ts';
import { journal, systemctl } from './systemctl.ts';
import { restartDigest, unitFiles } from './unit-files.ts';
import { type UnitStatus, unitStatus } from './unit-status.ts';

type UnitParams = Params<'systemd.unit'>;

/**
 * The record of the last start or restart of the unit by the agent: what the unit was started with, and which start it
 * was.
 */
const startRecord = z.object({ digest: z.string(), invocation: z.string() });
const recordName = (unit: string) => `systemd.unit ${unit}`;

/** The states of enablement that `systemctl enable` cannot change further. */
const countsAsEnabled = ['enabled', 'static', 'indirect', 'alias', 'generated', 'linked'];

const isUp = (status: UnitStatus, params: UnitParams) =>
  status.active === 'active' ||
  status.active === 'reloading' ||
  (params.mayCrashLoop && (status.active === 'activating' || status.sub === 'auto-restart'));

const isDown = (status: UnitStatus) => status.active === 'inactive' || status.active === 'failed';

/** Tells whether the unit runs with the current files, as far as the record of the last start shows. */
async function runsWithCurrentFiles(params: UnitParams, context: ActionContext): Promise<boolean> {
  const digest = await restartDigest(params, context);
  if (digest === undefined) return true;
  const record = startRecord.safeParse(await context.records.get(recordName(params.name)));
  return record.success && record.data.digest === digest;
}

async function stateChanges(params: UnitParams, status: UnitStatus, context: ActionContext): Promise<string[]> {
  const { name } = params;
  const changes: string[] = [];
  if (params.state === 'masked') {
    if (status.load === 'not-found') return [];
    if (status.load !== 'masked' && status.file !== 'masked') changes.push(`${name}: is masked`);
    if (!isDown(status)) changes.push(`${name}: is stopped`);
    return changes;
  }
  if (status.needsReload) changes.push(`${name}: systemd reads its files again`);
  if (params.enabled === true && !countsAsEnabled.includes(status.file))
    changes.push(`${name}: is enabled (now ${status.file || 'unknown'})`);
  if (params.enabled === false && status.file.startsWith('enabled')) changes.push(`${name}: is disabled`);
  if (params.state === 'stopped' && !isDown(status)) changes.push(`${name}: is stopped`);
  if (params.state === 'running') {
    if (!isUp(status, params)) changes.push(`${name}: is started (now ${status.active})`);
    else if (!(await runsWithCurrentFiles(params, context)))
      changes.push(`${name}: is restarted, since its files changed after its start`);
    if (params.readyPath && !(await context.host.stat(params.readyPath)))
      changes.push(`${name}: ${params.readyPath} appears`);
  }
  return changes;
}

async function start(params: UnitParams, status: UnitStatus | undefined, context: ActionContext): Promise<void> {
  const { name } = params;
  const digest = await restartDigest(params, context);
  const current = status && isUp(status, params) && (await runsWithCurrentFiles(params, context));
  if (!current) {
    // A unit that failed too often refuses to start until its counter is reset.
    if (status?.active === 'failed') await systemctl(context, ['reset-failed', name]);
    await systemctl(context, ['restart', name], name);
  }
  if (params.readyPath) await waitUntilReady(context, name, params.readyPath);
  const after = await unitStatus(context.host, name, context.signal);
  if (after && !isUp(after, params))
    throw failed(`${name} does not stay up (${after.active}, ${after.result})`, {
      hint: `journalctl -u ${name} -n 50`,
      lastLines: await journal(context, name),
    });
  if (digest !== undefined)
    await context.records.set(recordName(name), { digest, invocation: after?.invocation ?? '' });
}

/** The action `systemd.unit`, whose contract says what it does. */
export const systemdUnit: Action<'systemd.unit'> = {
  async check(params, context) {
    const { host, signal } = context;
    const changes: string[] = [];
    for (const file of unitFiles(params)) changes.push(...(await fileChanges(host, file)));
    const status = await unitStatus(host, params.name, signal);
    if (status) changes.push(...(await stateChanges(params, status, context)));
    else changes.push(`${params.name}: systemd cannot be asked on this host`);
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    const { host, signal } = context;
    const { name } = params;
    let status = await unitStatus(host, name, signal);
    if (!status)
      throw failedForGood('systemd does not run on this host (systemctl show fails), so no service can be managed', {
        hint: 'vHive nodes need systemd as their init system',
      });
    if (params.state === 'masked') {
      await systemctl(context, ['mask', '--now', name], name);
      return undefined;
    }
    if (status.file === 'masked' && params.state === 'running') await systemctl(context, ['unmask', name]);
    let written = false;
    for (const file of unitFiles(params)) written = (await ensureFile(host, file)) || written;
    status = await unitStatus(host, name, signal);
    if (written || status?.needsReload) await systemctl(context, ['daemon-reload']);
    status = await unitStatus(host, name, signal);
    if (status?.load === 'not-found' && params.state !== 'stopped')
      throw failedForGood(`there is no unit ${name} on this host`, {
        hint: 'is the package that brings it installed?',
      });
    if (params.enabled === true && status && !countsAsEnabled.includes(status.file))
      await systemctl(context, ['enable', name]);
    if (params.enabled === false && status?.file.startsWith('enabled')) await systemctl(context, ['disable', name]);
    if (params.state === 'running') await start(params, status, context);
    if (params.state === 'stopped' && status && status.load !== 'not-found' && !isDown(status))
      await systemctl(context, ['stop', name], name);
    return undefined;
  },
};
