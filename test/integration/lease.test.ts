import { type JetStreamManager, jetstreamManager, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { acquireLease, type Lease, type LeaseHolder, leader } from '@vhive/coordinator/nats/lease';
import { ensureStreams, streamConfigs } from '@vhive/coordinator/nats/streams';
import { streamNames } from '@vhive/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestNatsServer } from '../support/nats-server.ts';
import { silentLog } from '../support/silent-log.ts';

const ttlMs = 1_000;
let server: TestNatsServer;
let nc: NatsConnection;
let cluster: string;
let number = 0;

beforeAll(async () => {
  server = await TestNatsServer.start();
  nc = await server.connect();
});
afterAll(() => server.stop());
beforeEach(async () => {
  number += 1;
  cluster = `lease${number}`;
  await ensureStreams(nc, cluster, { leaseTtlMs: ttlMs });
});

const holder = (id: string): LeaseHolder => ({
  id,
  host: 'master',
  pid: 1,
  version: '0.1.0',
  url: 'https://10.0.0.1:7443',
  since: '2026-01-01T00:00:00.000Z',
});
async function acquire(id: string, connection = nc, onLost: (by: LeaseHolder | undefined) => void = () => {}) {
  return await acquireLease(connection, cluster, holder(id), { ttlMs, onLost, log: silentLog });
}
async function mustAcquire(
  id: string,
  connection = nc,
  onLost?: (by: LeaseHolder | undefined) => void,
): Promise<Lease> {
  const taken = await acquire(id, connection, onLost);
  if ('heldBy' in taken) throw new Error(`held by ${taken.heldBy.id}`);
  return taken.lease;
}
/** Resolves once another coordinator could take the lease. It tries as often as the server answers. */
async function takeOver(id: string): Promise<Lease> {
  for (;;) {
    const taken = await acquire(id);
    if ('lease' in taken) return taken.lease;
  }
}

describe('the lease', () => {
  it('has one holder, whom others can see, and is free at once when released', async () => {
    expect(await leader(nc, cluster)).toBeUndefined();
    const lease = await mustAcquire('one');
    expect(await acquire('two')).toEqual({ heldBy: holder('one') });
    expect(await leader(nc, cluster)).toEqual(holder('one'));
    await lease.release();
    expect(await leader(nc, cluster)).toBeUndefined();
    await (await mustAcquire('two')).release();
  });

  it('is taken at once from a holder that is known to be gone, which hears of it should it live after all', async () => {
    const deposed = Promise.withResolvers<LeaseHolder | undefined>();
    await mustAcquire('one', nc, deposed.resolve);
    const isGone = (by: LeaseHolder) => by.id === 'one';
    const options = { ttlMs, isGone, onLost: () => undefined, log: silentLog };
    const taken = await acquireLease(nc, cluster, holder('two'), options);
    expect(taken).toHaveProperty('lease');
    expect(await deposed.promise).toEqual(holder('two'));
    expect(await acquireLease(nc, cluster, holder('three'), options)).toEqual({ heldBy: holder('two') });
    if ('lease' in taken) await taken.lease.release();
  });

  it('is held longer than its time to live by renewal', async () => {
    const lease = await mustAcquire('one');
    const end = performance.now() + 2.5 * ttlMs;
    while (performance.now() < end) expect(await acquire('two')).toEqual({ heldBy: holder('one') });
    await lease.release();
  });

  it('goes to exactly one of many who ask at once', async () => {
    const taken = await Promise.all(Array.from({ length: 10 }, (_, index) => acquire(`p${index}`)));
    const leases = taken.flatMap((one) => ('lease' in one ? [one.lease] : []));
    expect(leases).toHaveLength(1);
    await leases[0]?.release();
  });

  it('is taken over after a holder has died, and the dead one hears of it when it comes back', async () => {
    const other = await server.connect({ reconnect: false });
    await mustAcquire('dead', other);
    await other.close();
    const lease = await takeOver('heir');
    expect(await leader(nc, cluster)).toEqual(holder('heir'));
    await lease.release();
  });

  it('tells a holder that somebody else has it', async () => {
    let lost: (by: LeaseHolder | undefined) => void = () => {};
    const told = new Promise<LeaseHolder | undefined>((resolve) => {
      lost = resolve;
    });
    const lease = await mustAcquire('one', nc, (by) => lost(by));
    // The entry is removed as it would be after a pause longer than its time to live, and another coordinator is
    // faster.
    const jsm = await jetstreamManager(nc);
    await jsm.streams.purge(`KV_${streamNames(cluster).lease}`);
    const second = await mustAcquire('two');
    expect((await told)?.id).toBe('two');
    await lease.release();
    expect((await leader(nc, cluster))?.id).toBe('two');
    await second.release();
  });

  it('survives a restart of the server that takes longer than its time to live', async () => {
    let lost = false;
    const lease = await mustAcquire('one', nc, () => {
      lost = true;
    });
    await server.kill();
    const gone = performance.now();
    await server.start();
    // The downtime of the server is imitated by letting the entry expire. The holder then takes the lease again.
    const jsm = await jetstreamManager(await server.connect());
    await jsm.streams.purge(`KV_${streamNames(cluster).lease}`);
    let again: LeaseHolder | undefined;
    while (again === undefined && performance.now() - gone < 15_000)
      again = await leader(nc, cluster).catch(() => undefined);
    expect(again?.id).toBe('one');
    expect(lost).toBe(false);
    await lease.release();
  });
});

describe('ensureStreams', () => {
  let jsm: JetStreamManager;
  beforeEach(async () => {
    jsm = await jetstreamManager(nc);
  });

  it('can be repeated, also by two at once', async () => {
    await Promise.all([ensureStreams(nc, 'twice'), ensureStreams(nc, 'twice')]);
    await ensureStreams(nc, 'twice');
    for (const { name, subjects } of streamConfigs('twice'))
      expect((await jsm.streams.info(name)).config.subjects).toEqual(subjects);
  });

  it('brings changed settings back', async () => {
    const { logs, lease } = streamNames(cluster);
    await jsm.streams.update(logs, { max_bytes: 1024 * 1024 });
    await ensureStreams(nc, cluster, { leaseTtlMs: 5_000 });
    expect((await jsm.streams.info(logs)).config.max_bytes).toBe(256 * 1024 * 1024);
    expect((await jsm.streams.info(`KV_${lease}`)).config.max_age).toBe(5_000_000_000);
  });

  it('takes over the streams of an earlier version: agents write to none any more, and the lines stay', async () => {
    const { logs, formerEvents } = streamNames('former');
    await jsm.streams.add({ name: formerEvents, subjects: ['vhive.former.agent.*.evt'] });
    await jsm.streams.add({ name: logs, subjects: ['vhive.former.agent.*.log', 'vhive.former.coordinator.log'] });
    await nc.request('vhive.former.agent.n1.log', 'a line');
    await ensureStreams(nc, 'former');
    const { config, state } = await jsm.streams.info(logs);
    expect([config.subjects, state.messages]).toEqual([['vhive.former.logs.*'], 1]);
    await expect(jsm.streams.info(formerEvents)).rejects.toThrow(/not found/);
  });

  it('says so when a setting cannot be changed in place', async () => {
    const { runs } = streamNames('other');
    await jsm.streams.add({ name: runs, subjects: ['something.else'], storage: StorageType.Memory });
    await expect(ensureStreams(nc, 'other')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(runs),
      hint: expect.stringContaining('nats stream info'),
    });
  });
});
