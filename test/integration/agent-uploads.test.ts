import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactPublish } from '@vhive/agent/actions/artifacts/artifact-publish';
import { testContext } from '@vhive/agent/actions/kit/context.fixture';
import type { Uploads } from '@vhive/agent/executor/ports';
import { createUploads } from '@vhive/agent/transport/artifacts/uploads';
import { createIdentity } from '@vhive/agent/transport/enrolment/identity';
import { ArtifactStore } from '@vhive/coordinator/artifacts/store';
import { requireAgent } from '@vhive/coordinator/http/bearer';
import { createHttpsServer } from '@vhive/coordinator/http/https-server';
import { serveArtifacts } from '@vhive/coordinator/http/routes/artifacts';
import { createCa, issueServerCertificate } from '@vhive/coordinator/trust/certificates';
import { agentActions } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../support/silent-log.ts';

const content = randomBytes(3_000_000);
const digest = createHash('sha256').update(content).digest('hex');
const artifact = { name: 'made 1.0', sha256: digest, bytes: content.byteLength };

let directory: string;
let store: ArtifactStore;
let app: Awaited<ReturnType<typeof createHttpsServer>>;
let uploadsWith: (artifactToken: string) => Uploads;
/** The requests, as `METHOD status`, in the order of their answers. */
let answers: string[];
/** So many requests to put a file are cut off after their first bytes. */
let cuts: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-uploads-'));
  store = await ArtifactStore.open(join(directory, 'artifacts'));
  answers = [];
  cuts = 0;
  const ca = await createCa('test');
  app = await createHttpsServer({
    certificate: await issueServerCertificate(ca, ['127.0.0.1']),
    log: silentLog,
  });
  await app.register(async (scope) => {
    requireAgent(scope, { nodeOfArtifactToken: (token) => (token === 'artifact-token' ? 'n1' : undefined) });
    scope.addHook('preHandler', async ({ method, raw }) => {
      if (method === 'PUT' && cuts-- > 0) raw.once('readable', () => raw.socket.destroy());
    });
    scope.addHook('onResponse', async ({ method }, { statusCode }) => void answers.push(`${method} ${statusCode}`));
    await serveArtifacts(scope, { store });
  });
  const coordinator = new URL(await app.listen({ host: '127.0.0.1', port: 0 })).host;
  const enrolment = { cluster: 'test', node: 'n1', jwt: '', natsUrls: [''], coordinator };
  uploadsWith = (artifactToken) =>
    createUploads(() => ({ ...createIdentity(), ca: ca.certPem, enrolment: { ...enrolment, artifactToken } }));
  await writeFile(join(directory, 'made'), content);
});
afterEach(async () => {
  await app.close();
  await rm(directory, { recursive: true, force: true });
});

const options = () => ({ signal: AbortSignal.timeout(20_000), progress: () => undefined });

describe('an upload', () => {
  it('brings the file into the store', async () => {
    const uploads = uploadsWith('artifact-token');
    const told: string[] = [];
    expect(await uploads.has(digest, options())).toBe(false);
    await uploads.upload(artifact, join(directory, 'made'), { ...options(), progress: (text) => told.push(text) });
    expect(await uploads.has(digest, options())).toBe(true);
    expect(told.at(-1)).toBe('3.0 of 3.0 MB');
    expect(await readFile((await store.find(digest))?.path ?? '')).toEqual(content);
  });

  it('begins anew when the connection breaks', async () => {
    cuts = 2;
    await uploadsWith('artifact-token').upload(artifact, join(directory, 'made'), options());
    expect(await store.find(digest)).toMatchObject({ bytes: content.byteLength });
    expect(await readdir(join(directory, 'artifacts/partial'))).toEqual([]);
  });

  it('fails when it breaks every time', async () => {
    cuts = 100;
    await expect(
      uploadsWith('artifact-token').upload(artifact, join(directory, 'made'), options()),
    ).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('made 1.0') });
    expect(cuts).toBe(97);
  });

  it('fails at once when the file is not what it is called', async () => {
    await writeFile(join(directory, 'made'), randomBytes(content.byteLength));
    await expect(
      uploadsWith('artifact-token').upload(artifact, join(directory, 'made'), options()),
    ).rejects.toMatchObject({ code: 'step-failed', message: expect.stringContaining('SHA-256') });
    await writeFile(join(directory, 'made'), 'short');
    await expect(
      uploadsWith('artifact-token').upload(artifact, join(directory, 'made'), options()),
    ).rejects.toMatchObject({ message: expect.stringContaining('has changed') });
    expect(answers).toEqual(['PUT 422']);
    expect(await store.find(digest)).toBeUndefined();
  });

  it('is for enrolled agents alone', async () => {
    const stranger = uploadsWith('wrong');
    await expect(stranger.has(digest, options())).rejects.toMatchObject({ code: 'refused' });
    const refused = await stranger.upload(artifact, join(directory, 'made'), options()).catch((error) => error);
    // The server need not read the whole body, so the connection may break before the answer is read.
    expect(['refused', 'unreachable']).toContain(refused.code);
    expect(await store.find(digest)).toBeUndefined();
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled');
    const upload = uploadsWith('artifact-token').upload(artifact, join(directory, 'made'), {
      signal: abort.signal,
      progress: () => abort.abort(reason),
    });
    await expect(upload).rejects.toBe(reason);
  });
});

describe('artifact.publish', () => {
  it('publishes a file once, and again when it is another', async () => {
    const uploads = uploadsWith('artifact-token');
    await using context = await testContext({
      has: (sha256) => uploads.has(sha256, options()),
      upload: (wanted, path) => uploads.upload(wanted, context.host.localPath(path), options()),
    });
    const params = agentActions['artifact.publish'].params.parse({ path: '/opt/vhive', name: 'vhive main' });
    await expect(artifactPublish.apply(params, context)).rejects.toThrow('there is no file /opt/vhive');
    await context.host.writeFile('/opt/vhive', content, { mode: '0755' });
    expect(await artifactPublish.check(params, context)).toMatchObject({ converged: false });
    const outputs = { artifact: { ...artifact, name: 'vhive main' } };
    expect(await artifactPublish.apply(params, context)).toEqual(outputs);
    expect(await artifactPublish.check(params, context)).toEqual({ converged: true, outputs });
    await context.host.writeFile('/opt/vhive', 'rebuilt', { mode: '0755' });
    expect(await artifactPublish.check(params, context)).toMatchObject({ converged: false });
    await artifactPublish.apply(params, context);
    expect(await artifactPublish.check(params, context)).toMatchObject({
      outputs: { artifact: { name: 'vhive main', bytes: 7 } },
    });
  });
});
