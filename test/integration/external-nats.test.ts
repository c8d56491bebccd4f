import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, jwtAuthenticator } from '@nats-io/transport-node';
import { freePort } from '@vhive/base/free-port.fixture';
import { TRUST_FILE, useExternalNats } from '@vhive/coordinator/nats/server/external-nats';
import { ensureStreams } from '@vhive/coordinator/nats/streams';
import { openAuthority } from '@vhive/coordinator/trust/authority';
import { agentInboxPrefix } from '@vhive/shared';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { natsBinary } from '../support/nats-binary.ts';
import { agentIdentity } from '../support/secured-nats.ts';
import { silentLog } from '../support/silent-log.ts';

let stateDir: string;
let url: string;
let server: (PromiseLike<unknown> & { kill(): boolean }) | undefined;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'vhive-external-'));
  url = `tls://127.0.0.1:${await freePort()}`;
});

afterAll(async () => {
  server?.kill();
  await server;
  await rm(stateDir, { recursive: true, force: true });
});

test('a server that is not there is an error that says what it needs; then, with that file included, it serves', async () => {
  const authority = await openAuthority({ stateDir, cluster: 'test' });
  const options = { url, authority, stateDir, log: silentLog };
  await expect(useExternalNats(options)).rejects.toMatchObject({
    code: 'unreachable',
    hint: expect.stringContaining(TRUST_FILE),
  });

  const { file } = await authority.serverCertificate();
  const config = join(stateDir, 'external.conf');
  await writeFile(
    config,
    `listen: "${url.slice('tls://'.length)}"
tls { cert_file: "${file}", key_file: "${file}" }
jetstream { store_dir: "${stateDir}/external", max_file: 4GB }
include "./${TRUST_FILE}"
`,
  );
  const started = Promise.withResolvers<void>();
  const child = execa(await natsBinary(), ['-c', config], { reject: false });
  server = child;
  child.stderr.on('data', (chunk: Buffer) => chunk.includes('Server is ready') && started.resolve());
  void child.then((result) => started.reject(new Error(String(result.stderr))));
  await started.promise;

  const nats = await useExternalNats(options);
  expect(nats.version).toMatch(/^\d+\.\d+\.\d+/);
  const tls = { ca: authority.caPem };
  const user = await authority.coordinatorUser();
  const coordinator = await connect({ servers: nats.url, tls, authenticator: user.authenticator });
  await ensureStreams(coordinator, 'test');

  const identity = await agentIdentity(authority, 'node-1');
  const agent = await connect({
    ...{ servers: nats.url, tls, reconnect: false, inboxPrefix: agentInboxPrefix('test', 'node-1') },
    authenticator: jwtAuthenticator(identity.jwt, identity.seed),
  });
  await nats.revoke(identity.publicKey);
  expect(await agent.closed()).toBeInstanceOf(Error);
  await coordinator.close();
  await nats.stop();
});
