import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHttpsServer } from '../http/https-server.ts';
import { type Authority, openAuthority } from '../trust/authority.ts';
import { certificateFingerprint } from '../trust/certificates.ts';
import { keepCertificatesValid } from './renew-certificates.ts';

let directory = '';
let authority: Authority;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-renew-'));
  authority = await openAuthority({ stateDir: directory, cluster: 'test' });
});
afterAll(async () => await rm(directory, { recursive: true }));

/** The fingerprint of the certificate that a server shows to a new connection. */
async function shownBy(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ca: authority.caPem });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const shown = socket.getPeerX509Certificate()?.toString() ?? '';
  socket.destroy();
  return certificateFingerprint(shown);
}

it('a running server shows the next certificate as soon as the authority has issued one', async () => {
  const log = pino({ level: 'silent' });
  const first = await authority.serverCertificate(['127.0.0.1']);
  await using app = await createHttpsServer({ certificate: first, log });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  let given = first;
  const renewed: (readonly string[])[] = [];
  const stop = await keepCertificatesValid(
    {
      authority: { serverCertificate: async () => given },
      names: ['127.0.0.1'],
      app,
      nats: { renewCertificate: async (names) => void renewed.push(names) },
      log,
    },
    5,
  );
  expect(await shownBy(port)).toBe(certificateFingerprint(first.certPem));
  // Another name, for which the authority must issue another certificate, stands for the passing of two years.
  given = await authority.serverCertificate(['coordinator.example']);
  await vi.waitFor(() => expect(renewed).toEqual([['127.0.0.1']]));
  expect(await shownBy(port)).toBe(certificateFingerprint(given.certPem));
  stop();
});
