import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { nkeyFingerprint } from '@vhive/base/nkey/fingerprint';
import { requireAgent, requireOperator } from '@vhive/coordinator/http/bearer';
import { createHttpsServer } from '@vhive/coordinator/http/https-server';
import { serveCluster } from '@vhive/coordinator/http/routes/cluster';
import { type EnrolmentOptions, serveEnrolment } from '@vhive/coordinator/http/routes/enrolment';
import { openNodeRegistry } from '@vhive/coordinator/nodes/node-registry';
import type { NodeRegistry } from '@vhive/coordinator/nodes/node-registry-interface';
import { type JoinTokens, openJoinTokens } from '@vhive/coordinator/trust/join-tokens';
import { openOperatorToken } from '@vhive/coordinator/trust/operator-token';
import { enrolReply, type Heartbeat, httpFailure, parseJoinToken } from '@vhive/shared';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Applicant, applicant, someFacts } from '../support/enrolment.ts';
import { callHttps } from '../support/https.ts';
import { type SecuredNats, startSecuredNats } from '../support/secured-nats.ts';

let nats: SecuredNats;
let tokens: JoinTokens;
let nodes: NodeRegistry;
let operatorToken: string;
let base: string;
let left: string[];
let logged: string[];
let trusted: string[];
const cleanUp: (() => unknown)[] = [];

async function serve(changes: Partial<EnrolmentOptions> = {}): Promise<string> {
  const { authority } = nats;
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const app = await createHttpsServer({ certificate: await authority.serverCertificate(), log });
  const natsUrls = (contacted: string) => [`tls://${contacted}:${nats.server.port}`];
  const options = { authority, tokens, nodes, trustNetworks: () => trusted, natsUrls, ...changes };
  serveCluster(app, authority);
  await app.register(async (scope) => serveEnrolment(scope, options));
  await app.register(
    async (scope) => {
      requireOperator(scope, operatorToken);
      scope.get('/nodes', () => nodes.views());
    },
    { prefix: '/v1' },
  );
  await app.register(async (scope) => {
    requireAgent(scope, nodes);
    scope.get('/artifact', (request) => ({ node: request.agentNode }));
  });
  cleanUp.push(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

beforeEach(async () => {
  left = [];
  logged = [];
  trusted = [];
  nats = await startSecuredNats();
  cleanUp.push(() => nats.stop());
  const { authority, stateDir, log } = nats;
  tokens = await openJoinTokens({ stateDir, caFingerprint: authority.caFingerprint });
  operatorToken = await openOperatorToken(stateDir);
  nodes = await openNodeRegistry({
    stateDir,
    authority,
    log,
    machineId: 'machine-m0',
    revoke: (publicKey) => nats.server.revoke(publicKey),
    leave: async (node) => void left.push(node),
  });
  cleanUp.push(() => nodes.close());
  base = await serve();
});
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

const post = (body: unknown, at = base) => callHttps(`${at}/v1/enrol`, nats.authority.caPem, { body });
const get = (path: string, bearer?: string) =>
  callHttps(
    base + path,
    nats.authority.caPem,
    bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } },
  );

async function newToken(ttlSeconds = 600): Promise<string> {
  const { token } = await tokens.create({ ttlSeconds, description: '' });
  const { id, secret } = parseJoinToken(token);
  return `${id}.${secret}`;
}

const fingerprintOf = ({ pair }: Applicant) => nkeyFingerprint(pair.getPublicKey());

const heartbeat = (changes: Partial<Heartbeat> = {}): Heartbeat => ({
  type: 'heartbeat',
  agentVersion: '0.1.0',
  bootId: 'a',
  uptimeSeconds: 1,
  load: [0.5, 0.4, 0.3],
  freeMemoryBytes: 1,
  clockOffsetMs: 12,
  attempts: [],
  outbox: 2,
  rejected: { expired: 1 },
  ...changes,
});

it('lets an agent with a token in: its JWT opens NATS, its artifact token opens artifacts', async () => {
  const token = await newToken();
  const w1 = applicant('w1');
  const answer = await post(w1.request({ token }));
  expect(answer.status).toBe(200);
  const reply = enrolReply.parse(answer.body);
  if (reply.status !== 'enrolled') throw new Error('not enrolled');
  expect(reply).toMatchObject({ cluster: 'test', node: 'w1', ca: nats.authority.caPem });
  const connection = await nats.agent('w1', { jwt: reply.jwt, seed: w1.pair.getSeed(), publicKey: '' });
  await connection.flush();
  expect(connection.getServer()).toBe(reply.natsUrls[0]?.replace('tls://', ''));
  expect((await get('/artifact', reply.artifactToken)).body).toEqual({ node: 'w1' });
  expect((await get('/artifact', `${reply.artifactToken}x`)).status).toBe(401);
  await tokens.flush();
  expect((await tokens.list()).map((listed) => listed.uses)).toEqual([1]);
  // Nothing secret may be in the logs or in files that others can read.
  expect(logged.join('')).toContain('"node":"w1"');
  for (const secret of [token.split('.')[1] ?? '', reply.jwt, reply.artifactToken])
    expect(logged.join('')).not.toContain(secret);
  for (const name of await readdir(nats.stateDir, { recursive: true })) {
    const path = join(nats.stateDir, name);
    const found = await stat(path);
    if (name.startsWith('jetstream') || !found.isFile() || found.size === 0 || name.endsWith('.pid')) continue;
    expect([name, found.mode & 0o077]).toEqual([name, 0]);
    expect(await readFile(path, 'utf8')).not.toContain(reply.artifactToken);
  }
});

it('refuses a wrong, an expired and a revoked token, each with its reason', async () => {
  const token = await newToken();
  const wrong = `${token.slice(0, -4)}aaaa`;
  const refused = async (credential: string) => {
    const { status, body } = await post(applicant('w1').request({ token: credential }));
    return [status, httpFailure.parse(body).message];
  };
  expect(await refused(wrong)).toEqual([401, expect.stringMatching(/does not know/)]);
  expect(await refused('nonsense')).toEqual([401, expect.stringMatching(/does not know/)]);
  await tokens.revoke(token.split('.')[0] ?? '');
  expect(await refused(token)).toEqual([403, expect.stringMatching(/was revoked/)]);
  const brief = await newToken(1);
  await expect
    .poll(() => tokens.verify(brief, { node: 'w1', publicKey: '' }), { timeout: 3000 })
    .toMatchObject({ reason: 'expired' });
  expect(await refused(brief)).toEqual([403, expect.stringMatching(/has expired/)]);
  expect(nodes.views()).toEqual([]);
});

it('refuses a forged proof and a wrong clock, also with a valid token', async () => {
  const token = await newToken();
  const w1 = applicant('w1');
  const forged = await post(w1.request({ token, signer: createUser() }));
  expect([forged.status, forged.body.message]).toEqual([401, expect.stringMatching(/not signed with the key/)]);
  const moved = await post({ ...w1.request({ token }), node: 'm0' });
  expect(moved.status).toBe(401);
  const late = await post(w1.request({ token, at: new Date(Date.now() - 3_600_000) }));
  expect([late.status, late.body.message]).toEqual([425, expect.stringMatching(/3600 s behind/)]);
  expect(nodes.views()).toEqual([]);
  // The operator sees the host whose clock is wrong, and no host that proved nothing.
  expect(nodes.applicants()).toMatchObject([
    { node: 'w1', address: '127.0.0.1', approvable: false, message: expect.stringMatching(/3600 s behind/) },
  ]);
});

it('answers nonsense with what is wrong with it', async () => {
  const odd = await post({ ...applicant('w1').request(), node: 'UPPER' });
  expect([odd.status, odd.body.code, odd.body.message]).toEqual([400, 'usage', expect.stringMatching(/DNS label/)]);
  expect((await post('{')).status).toBe(400);
  const huge = await post({ ...applicant('w1').request(), filler: 'x'.repeat(70_000) });
  expect([huge.status, huge.body.code]).toEqual([413, 'usage']);
  expect((await get('/v1/nothing', operatorToken)).status).toBe(404);
});

it('lets an agent without a token wait until the operator approves it', async () => {
  const w1 = applicant('w1');
  const first = await post(w1.request());
  expect([first.status, first.body.status]).toEqual([202, 'pending']);
  expect(nodes.view('w1')?.status).toBe('pending');
  await expect(nodes.credentials('w1')).rejects.toThrow(/not approved/);
  const second = post(w1.request());
  const others = await Promise.all([applicant('w2'), applicant('w3')].map((other) => post(other.request())));
  expect(others.map((other) => other.status)).toEqual([202, 202]);
  expect(await Promise.race([second, Promise.resolve('still waiting')])).toBe('still waiting');
  await nodes.approve('w1', fingerprintOf(w1));
  expect((await second).body).toMatchObject({ status: 'enrolled', node: 'w1' });
  expect(nodes.views().map(({ name, status }) => [name, status])).toEqual([
    ['w1', 'unreachable'],
    ['w2', 'pending'],
    ['w3', 'pending'],
  ]);
  // It comes back later without a token and is let in, because its key is known.
  expect((await post(w1.request())).status).toBe(200);
});

it('answers a waiting agent again when nobody approved it in time', async () => {
  const quick = await serve({ longPollMs: 50 });
  const w1 = applicant('w1');
  await post(w1.request(), quick);
  expect((await post(w1.request(), quick)).status).toBe(202);
});

it('approves agents of a trusted network, and only those', async () => {
  trusted = ['10.0.0.0/8'];
  expect((await post(applicant('w1').request())).status).toBe(202);
  trusted = ['10.0.0.0/8', '127.0.0.0/24'];
  expect((await post(applicant('w2').request())).body.status).toBe('enrolled');
});

it('limits refusals per address, then requests', async () => {
  const strict = await serve({ limits: { refusalsPerMinute: 2, requestsPerMinute: 5 } });
  const token = await newToken();
  const wrong = () => post(applicant('w1').request({ token: 'aaaaaaaa.bad' }), strict);
  expect([(await wrong()).status, (await wrong()).status, (await wrong()).status]).toEqual([401, 401, 401]);
  const blocked = await post(applicant('w1').request({ token }), strict);
  expect([blocked.status, blocked.body.code]).toEqual([429, 'refused']);
  expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0);
  expect((await callHttps(`${strict}/v1/health`, nats.authority.caPem)).status).toBe(200);

  const busy = await serve({ limits: { requestsPerMinute: 2 } });
  const w2 = applicant('w2');
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await post(w2.request({ token }), busy)).status);
  expect(statuses).toEqual([200, 200, 429]);
});

it('keeps the name of a living node for its key, whatever an applicant says of itself', async () => {
  const token = await newToken();
  const w1 = applicant('w1');
  const { artifactToken, jwt } = (await post(w1.request({ token }))).body;
  // The machine id is that of the node: everybody on its host can read it.
  const stranger = applicant('w1');
  for (const request of [stranger.request({ token }), stranger.request()]) {
    const answer = await post(request);
    expect([answer.status, answer.body.message]).toEqual([
      409,
      expect.stringMatching(/belongs to a node with another key/),
    ]);
    for (const way of ['vhive-coord token create --node w1', 'vhive-coord nodes remove w1'])
      expect(answer.body.hint).toContain(way);
  }
  const renamed = await post(w1.request({ token, node: 'w9' }));
  expect([renamed.status, renamed.body.message]).toEqual([409, expect.stringMatching(/already enrolled as node w1/)]);
  expect((await get('/artifact', artifactToken)).status).toBe(200);
  await (await nats.agent('w1', { jwt, seed: w1.pair.getSeed(), publicKey: '' })).flush();
  expect(nodes.applicants()).toMatchObject([
    { node: 'w9', key: fingerprintOf(w1), approvable: false },
    { node: 'w1', key: fingerprintOf(stranger), approvable: true, address: '127.0.0.1' },
  ]);
});

it('gives a node a new key with a token for that node, once', async () => {
  const w1 = applicant('w1');
  const before = (await post(w1.request({ token: await newToken() }))).body;
  const again = applicant('w1');
  const { token: bound } = await tokens.create({ ttlSeconds: 600, node: 'w1' });
  const credential = bound.split('.').slice(1).join('.');
  const elsewhere = await post(applicant('w2').request({ token: credential }));
  expect([elsewhere.status, elsewhere.body.message]).toEqual([403, expect.stringMatching(/for node w1 alone/)]);
  const old = await nats.agent('w1', { jwt: before.jwt, seed: w1.pair.getSeed(), publicKey: '' });
  const closed = old.closed();
  const after = await post(again.request({ token: credential }));
  expect(after.status).toBe(200);
  await closed; // the old key was revoked
  expect((await get('/artifact', before.artifactToken)).status).toBe(401);
  expect((await get('/artifact', after.body.artifactToken)).status).toBe(200);
  await (await nats.agent('w1', { jwt: after.body.jwt, seed: again.pair.getSeed(), publicKey: '' })).flush();
  const third = await post(applicant('w1').request({ token: credential }));
  expect([third.status, third.body.message]).toEqual([403, expect.stringMatching(/for one enrolment/)]);
});

it('approves a key: the one that was looked at, whoever else asks for the name', async () => {
  const [w1, rival, third] = [applicant('w1'), applicant('w1'), applicant('w1')];
  await post(w1.request());
  expect((await post(rival.request())).status).toBe(409);
  expect(nodes.view('w1')).toMatchObject({ status: 'pending', key: fingerprintOf(w1) });
  await expect(nodes.approve('w1', fingerprintOf(third))).rejects.toThrow(/no host with the key/);
  expect(nodes.view('w1')?.status).toBe('pending');
  await nodes.approve('w1', fingerprintOf(rival));
  expect(nodes.view('w1')).toMatchObject({ status: 'unreachable', key: fingerprintOf(rival) });
  expect(nodes.applicants()).toEqual([]);
  expect((await post(w1.request())).status).toBe(409);
  expect((await post(rival.request())).status).toBe(200);
  // The same for a node that lives: its old key is revoked.
  await nodes.approve('w1', fingerprintOf(w1));
  expect((await post(w1.request())).status).toBe(200);
  expect((await post(rival.request())).status).toBe(409);
});

it('lets a removed node in again with any token, whatever its key', async () => {
  const w1 = applicant('w1');
  await post(w1.request({ token: await newToken() }));
  const again = applicant('w1');
  expect((await post(again.request({ token: await newToken() }))).status).toBe(409);
  await nodes.remove('w1');
  expect((await post(again.request({ token: await newToken() }))).status).toBe(200);
});

it('knows the host of the coordinator by proof, and never by what an agent says', async () => {
  const token = await newToken();
  const facts = someFacts('m0');
  await post(applicant('thief').request({ token, facts }));
  expect(nodes.view('thief')?.local).toBe(false);
  const proven = await serve({ isThisHost: async () => true });
  await post(applicant('m0').request({ token, facts }), proven);
  await post(applicant('w1').request({ token }), proven);
  expect([nodes.view('m0')?.local, nodes.view('w1')?.local]).toEqual([true, false]);
  // It is known by whatever way it came in.
  for (const way of ['approval', 'bound token'] as const) {
    await nodes.remove('m0');
    const m0 = applicant('m0');
    const { token: bound } = await tokens.create({ ttlSeconds: 600, node: 'm0' });
    const credential = way === 'approval' ? {} : { token: bound.split('.').slice(1).join('.') };
    await post(m0.request({ facts, ...credential }), proven);
    if (way === 'approval') await nodes.approve('m0', fingerprintOf(m0));
    expect(nodes.view('m0')).toMatchObject({ local: true, status: 'unreachable' });
  }
  // The agent of that host may lose its state: whoever can start it there can do everything anyway.
  expect((await post(applicant('m0').request({ token, facts }))).status).toBe(409);
  expect((await post(applicant('m0').request({ token, facts }), proven)).status).toBe(200);
});

it('is not filled by strangers: others still wait, and tokens are good', async () => {
  for (let i = 0; i < 100; i++) await post(applicant(`x${i}`).request());
  expect(nodes.views()).toHaveLength(16);
  expect(nodes.applicants()).toHaveLength(16);
  expect((await post(applicant('w1').request({ token: await newToken() }))).status).toBe(200);
  const { record } = await nodes.enrol(applicant('w2').request(), {
    ...{ address: '192.0.2.9', right: 'none', here: false },
  });
  expect(record.approved).toBe(false);
});

it('removes a node: told to leave, revoked, forgotten', async () => {
  const w1 = applicant('w1');
  const { jwt, artifactToken } = (await post(w1.request({ token: await newToken() }))).body;
  await nodes.heartbeat('w1', heartbeat());
  const connection = await nats.agent('w1', { jwt, seed: w1.pair.getSeed(), publicKey: '' });
  const closed = connection.closed();
  const removed = once(nodes.events, 'removed');
  await nodes.remove('w1');
  expect(await removed).toEqual(['w1']);
  await closed;
  expect(left).toEqual(['w1']);
  expect(nodes.views()).toEqual([]);
  expect((await get('/artifact', artifactToken)).status).toBe(401);
  await expect(nodes.remove('w1')).rejects.toThrow(/there is no node w1/);
  expect(await nodes.heartbeat('w1', heartbeat())).toBeUndefined();
});

it('knows its nodes after a restart; views show heartbeats', async () => {
  const token = await newToken();
  await post(applicant('m0').request({ token }), await serve({ isThisHost: async () => true }));
  await post(applicant('w1').request({ token }));
  await post(applicant('w2').request());
  const { authority, stateDir, log } = nats;
  const none = async () => undefined;
  const reopened = await openNodeRegistry({
    ...{ stateDir, authority, log, machineId: 'machine-m0', revoke: none, leave: none },
    unreachableAfterMs: 400,
    dropped: (node) => (node === 'w1' ? { invalid: 1 } : {}),
  });
  cleanUp.push(() => reopened.close());
  expect(reopened.views().map(({ name, status, local }) => [name, status, local])).toEqual([
    ['m0', 'unreachable', true],
    ['w1', 'unreachable', false],
    ['w2', 'pending', false],
  ]);
  const back = once(reopened.events, 'reachable');
  const lost: string[] = [];
  reopened.events.on('unreachable', (node) => lost.push(node));
  const reply = await reopened.heartbeat('w1', heartbeat({ facts: someFacts('w1', { cpus: 8 }) }));
  expect(reply).toMatchObject({ type: 'heartbeat.reply' });
  expect(reply?.jwt).toBeUndefined();
  expect(await back).toEqual(['w1']);
  expect(reopened.view('w1')).toMatchObject({
    status: 'reachable',
    load: [0.5, 0.4, 0.3],
    clockOffsetMs: 12,
    outbox: 2,
    rejected: { expired: 1, 'coordinator.invalid': 1 },
    address: '192.0.2.7',
    facts: { cpus: 8 },
  });
  expect(await reopened.heartbeat('w2', heartbeat())).toBeUndefined();
  await expect.poll(() => lost.toSorted(), { timeout: 3000 }).toEqual(['m0', 'w1']);
  expect(reopened.view('w1')?.status).toBe('unreachable');
});

it("lets nobody at the operators' routes without the operator token, whatever the address", async () => {
  expect((await get('/v1/nodes')).status).toBe(401);
  expect((await get('/v1/nodes', 'wrong')).status).toBe(401);
  expect((await get('/v1/nodes', operatorToken)).body).toEqual([]);
  expect((await get('/v1/health')).body).toMatchObject({ status: 'ok', cluster: 'test' });
  expect((await stat(join(nats.stateDir, 'operator-token'))).mode & 0o777).toBe(0o600);
});

it('renews a JWT that is older than a day with the next heartbeat', async () => {
  const w1 = applicant('w1');
  await post(w1.request({ token: await newToken() }));
  const file = join(nats.stateDir, 'nodes/w1.json');
  const record = JSON.parse(await readFile(file, 'utf8'));
  const { writeFileAtomic } = await import('@vhive/base/files/atomic-file');
  await writeFileAtomic(
    file,
    JSON.stringify({ ...record, jwtIssuedAt: new Date(Date.now() - 90_000_000).toISOString() }),
  );
  const { authority, stateDir, log } = nats;
  const none = async () => undefined;
  const reopened = await openNodeRegistry({ stateDir, authority, log, machineId: '', revoke: none, leave: none });
  cleanUp.push(() => reopened.close());
  const jwt = (await reopened.heartbeat('w1', heartbeat()))?.jwt ?? '';
  const connection = await nats.agent('w1', { jwt, seed: w1.pair.getSeed(), publicKey: '' });
  await connection.flush();
  expect((await reopened.heartbeat('w1', heartbeat()))?.jwt).toBeUndefined();
});

it('hands a client that trusts another CA nothing', async () => {
  await expect(callHttps(`${base}/v1/health`, '')).rejects.toThrow(/certificate/i);
});
