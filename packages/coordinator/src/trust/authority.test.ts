import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { type Account, decode, type User } from '@nats-io/jwt';
import { createUser } from '@nats-io/nkeys';
import { temporaryBeside } from '@vhive/base/files/temporary-files';
import { verifySignature } from '@vhive/base/nkey/nkey';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterOf, openAuthority } from './authority.ts';
import { createCa, issueServerCertificate, stillServes } from './certificates.ts';
import { openRevocations } from './revocations.ts';
import { signingPair } from './signing-pair.ts';
import { prepareStateDirectory } from './state-directory.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'vhive-authority-'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const open = () => openAuthority({ stateDir, cluster: 'test' });

describe('openAuthority', () => {
  it('makes a CA once and keeps it', async () => {
    const first = await open();
    const second = await open();
    expect(second.caFingerprint).toBe(first.caFingerprint);
    expect(second.caPem).toBe(first.caPem);
    expect((await second.natsTrust()).account).toBe((await first.natsTrust()).account);
    expect((await stat(join(stateDir, 'authority.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(stateDir)).mode & 0o777).toBe(0o700);
    const ca = new X509Certificate(first.caPem);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(ca.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(first.caFingerprint);
    expect(Date.parse(ca.validTo)).toBeGreaterThan(Date.now() + 3600 * 86_400_000);
  });

  it('gives all who open it at the same time the same one', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, open));
    expect(new Set(opened.map((authority) => authority.caFingerprint)).size).toBe(1);
  });

  it('is complete or absent when its maker is killed at any moment', async () => {
    const script = `
      import { clusterOf, openAuthority } from ${JSON.stringify(join(import.meta.dirname, 'authority.ts'))};
      process.stdout.write('go');
      await openAuthority({ stateDir: process.argv.at(-1), cluster: 'test' });
      process.stdout.write('made');
      setInterval(() => undefined, 1000);`;
    for (const pause of [0, 3, 6, 10, 20, 40]) {
      const directory = join(stateDir, `killed-${pause}`);
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script, '--', directory], {
        cwd: import.meta.dirname,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, pause));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const after = await openAuthority({ stateDir: directory, cluster: 'test' });
      expect(after.caFingerprint).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('refuses to work with a damaged file rather than to make new keys', async () => {
    await open();
    await writeFile(join(stateDir, 'authority.json'), '{"ca":');
    await expect(open()).rejects.toThrow(/authority.json is damaged/);
  });

  it('makes no new CA where files of a cluster are, whose CA is missing', async () => {
    await open();
    await mkdir(join(stateDir, 'nodes'));
    await rm(join(stateDir, 'authority.json'));
    await expect(open()).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('authority.json is missing'),
      hint: expect.stringContaining('backup'),
    });
    expect(await readdir(stateDir)).toEqual(['nodes']);
  });

  it("is no other cluster's, and says whose it is", async () => {
    await open();
    await expect(openAuthority({ stateDir, cluster: 'other' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/the state of cluster "test", but "other" is asked for/),
    });
    expect(await clusterOf(stateDir)).toBe('test');
    expect(await clusterOf(join(stateDir, 'nothing'))).toBeUndefined();
  });
});

describe('server certificate', () => {
  it('serves TLS to a client that trusts the CA, under each of its names', async () => {
    const authority = await open();
    const { certPem, keyPem, file } = await authority.serverCertificate(['127.0.0.2', 'coord.example']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(keyPem + certPem);
    const server = tls.createServer({ cert: certPem, key: keyPem }, (socket) => socket.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = (server.address() as { port: number }).port;
    const handshake = async (ca: string, servername: string, host: string) => {
      const options = { host: '127.0.0.1', port, ca, servername };
      const checked = {
        ...options,
        checkServerIdentity: (_: string, cert: tls.PeerCertificate) => tls.checkServerIdentity(host, cert),
      };
      const socket = tls.connect(checked);
      try {
        await once(socket, 'secureConnect');
        return socket.authorized;
      } finally {
        socket.destroy();
      }
    };
    try {
      for (const name of ['localhost', '127.0.0.1', '127.0.0.2', 'coord.example'])
        expect(await handshake(authority.caPem, 'coord.example', name)).toBe(true);
      await expect(handshake(authority.caPem, 'coord.example', '10.9.9.9')).rejects.toThrow(/not in the cert/);
      const stranger = await createCa('other');
      await expect(handshake(stranger.certPem, 'coord.example', 'localhost')).rejects.toThrow(/certificate/);
    } finally {
      server.close();
    }
  });

  it('is kept while it covers the names, and issued anew for others', async () => {
    const authority = await open();
    const first = await authority.serverCertificate(['10.0.0.1', 'fd00::2']);
    expect((await authority.serverCertificate(['10.0.0.1'])).certPem).toBe(first.certPem);
    expect((await (await open()).serverCertificate(['fd00::2'])).certPem).toBe(first.certPem);
    const second = await authority.serverCertificate(['10.0.0.2']);
    expect(second.certPem).not.toBe(first.certPem);
    expect((await authority.serverCertificate(['10.0.0.2'])).keyPem).toBe(second.keyPem);
  });

  it('is issued anew when its file is damaged', async () => {
    const authority = await open();
    const { file, certPem } = await authority.serverCertificate();
    const whole = await readFile(file, 'utf8');
    const cases = [
      '',
      'nonsense',
      whole.slice(0, 400),
      whole.slice(0, -900),
      whole.replace(/^[^-]{20}/m, 'A'.repeat(20)),
    ];
    for (const damaged of cases) {
      await writeFile(file, damaged);
      const again = await authority.serverCertificate();
      expect(again.certPem).not.toBe(certPem);
      expect(await readFile(file, 'utf8')).toBe(again.keyPem + again.certPem);
      await tls.createSecureContext({ cert: again.certPem, key: again.keyPem });
    }
  });

  it('counts as too old, or as foreign, when it is', async () => {
    const [ca, other] = [await createCa('a'), await createCa('b')];
    const leaf = await issueServerCertificate(ca, ['localhost']);
    expect(stillServes(leaf, ca.certPem, ['localhost'], 30)).toBe(true);
    expect(stillServes(leaf, ca.certPem, ['localhost'], 731)).toBe(false);
    expect(stillServes(leaf, other.certPem, ['localhost'], 30)).toBe(false);
  });
});

describe('an authority of an earlier version', () => {
  it('gets an account for agents; its CA and the account with the streams stay, and what agents had counts no more', async () => {
    const before = await open();
    const file = join(stateDir, 'authority.json');
    const { agents: _, agentsSigning: __, ...former } = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify(former));
    const [after, again] = await Promise.all([open(), open()]);
    const [trust, trustBefore] = [await after.natsTrust(), await before.natsTrust()];
    expect(after.caFingerprint).toBe(before.caFingerprint);
    expect(trust.account).toBe(trustBefore.account);
    expect((await again.natsTrust()).agentsAccount).toBe(trust.agentsAccount);
    const claims = decode<Account>(trust.accounts[trust.account] ?? '');
    expect(claims.nats.signing_keys).not.toContain(signingPair(former.signing).getPublicKey());
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('user JWTs', () => {
  it("name the agent's own subjects and an end", async () => {
    const authority = await open();
    const publicKey = createUser().getPublicKey();
    const { jwt, expiresAt } = await authority.agentJwt('w1', publicKey);
    const claims = decode<User>(jwt); // decode checks the signature
    const trust = await authority.natsTrust({ [publicKey]: 1 });
    expect(claims).toMatchObject({
      sub: publicKey,
      exp: expiresAt.getTime() / 1000,
      nats: {
        issuer_account: trust.agentsAccount,
        pub: { allow: expect.not.arrayContaining(['>', '$JS.API.>']) },
        sub: { allow: ['vhive.test.agent.w1.cmd', 'vhive.test.agent.w1.inbox.>'] },
        resp: { max: 1 },
      },
    });
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now() + 6.9 * 86_400_000);
    expect(decode(trust.accounts[trust.agentsAccount] ?? '')).toMatchObject({
      nats: { revocations: { [publicKey]: 1 } },
    });
  });

  it('are signed fast enough for thousands of agents', async () => {
    const authority = await open();
    const publicKey = createUser().getPublicKey();
    await authority.agentJwt('w1', publicKey);
    const start = performance.now();
    for (let i = 0; i < 200; i++) await authority.agentJwt('w1', publicKey);
    // The libraries alone take more than 5,000 ms for this.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('nkeys on the platform', () => {
  it('sign as the library does', () => {
    const library = createUser();
    const fast = signingPair(new TextDecoder().decode(library.getSeed()));
    const input = new TextEncoder().encode('some bytes');
    expect(fast.getPublicKey()).toBe(library.getPublicKey());
    expect(fast.sign(input)).toEqual(library.sign(input));
    expect(verifySignature(library.getPublicKey(), input, library.sign(input))).toBe(true);
    expect(verifySignature(createUser().getPublicKey(), input, library.sign(input))).toBe(false);
    expect(verifySignature(library.getPublicKey(), input, new Uint8Array(3))).toBe(false);
    expect(verifySignature('UNONSENSE', input, library.sign(input))).toBe(false);
  });
});

describe('state directory', () => {
  it('is closed to others', async () => {
    await chmod(stateDir, 0o755);
    await prepareStateDirectory(stateDir);
    expect((await stat(stateDir)).mode & 0o777).toBe(0o700);
    await open();
    await chmod(stateDir, 0o755);
    await prepareStateDirectory(stateDir);
    expect((await stat(stateDir)).mode & 0o777).toBe(0o700);
    await writeFile(join(stateDir, 'file'), '');
    await expect(prepareStateDirectory(join(stateDir, 'file'))).rejects.toThrow(/cannot use the state directory/);
  });

  it.each(['/proc/nothing', '/proc/nothing/below'])('cannot be %s, which is said', async (directory) => {
    await expect(prepareStateDirectory(directory)).rejects.toMatchObject({ code: 'usage' });
  });

  it('is no directory in which something else is kept; that stays as it is', async () => {
    await writeFile(join(stateDir, 'holiday.jpg'), '');
    await chmod(stateDir, 0o755);
    await expect(open()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('other files') });
    expect((await stat(stateDir)).mode & 0o777).toBe(0o755);
    expect(await readdir(stateDir)).toEqual(['holiday.jpg']);
  });

  it('may hold what a killed process left', async () => {
    await writeFile(temporaryBeside(join(stateDir, 'authority.json')), '{"ca":');
    await writeFile(join(stateDir, 'coordinator.lock'), '');
    expect((await open()).caFingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('revocations', () => {
  it('are not forgotten when their file is damaged', async () => {
    const revocations = await openRevocations(stateDir);
    await revocations.add('UKEY');
    expect((await openRevocations(stateDir)).all()).toHaveProperty('UKEY');
    await writeFile(join(stateDir, 'revocations.json'), '{"UKEY":');
    await expect(openRevocations(stateDir)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('revocations.json is damaged'),
      hint: expect.stringContaining('removed within the last 7 days'),
    });
  });
});
