import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { CloudlabNode } from '../../support/cloudlab-node.ts';
import { debianTools, needing } from '../../support/debian-tools.ts';
import { experimentKey, newExperimentKey } from '../../support/experiment-key.ts';

const USER = 4991;
const tools =
  process.getuid?.() === 0
    ? await debianTools({ sshd: 'openssh-server', ssh: 'openssh-client', 'ssh-keygen': 'openssh-client' })
    : { missing: 'a real sshd takes root' };
const path = `${'path' in tools ? tools.path : ''}:/usr/bin:/bin`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Runs sshd on a port of loopback, as on this master: in a mount namespace where its users and /var/lib are the host's. */
async function serve(master: CloudlabNode, port: number): Promise<void> {
  const at = (name: string) => join(master.directory, name);
  await copyFile('/etc/passwd', at('passwd'));
  await execa('sh', ['-c', 'cat >>"$0"', at('passwd')], {
    input: `sshd:x:4990:65534::/run/sshd:/bin/false\nvhive-join:x:${USER}:65534::/var/lib/vhive-join:/bin/sh\n`,
  });
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('host-key')], { env: { PATH: path } });
  await master.write('sshd_config', `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${at('host-key')}\nPidFile none\n`);
  const script = `mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && mount --bind ${at('root/var/lib')} /var/lib &&
    mount --bind ${at('passwd')} /etc/passwd && exec sshd -D -e -f ${at('sshd_config')}`;
  const sshd = execa('unshare', ['-m', 'sh', '-c', script], { env: { PATH: path }, reject: false });
  onTestFinished(async () => {
    sshd.kill();
    await sshd;
  });
  const started = new Promise<string>((resolve) => {
    sshd.stderr.on('data', (text) => String(text).includes('Server listening') && resolve('started'));
  });
  expect(await Promise.race([started, sshd.then(({ stderr }) => stderr)])).toBe('started');
}

test.skipIf('missing' in tools)(
  needing(tools, 'a real sshd gives the token to the key of the experiment, and nothing else to anybody'),
  async () => {
    const master = await CloudlabNode.create('node-0', experimentKey);
    const worker = await CloudlabNode.create('node-1', experimentKey);
    await master.program('ssh-keygen', `PATH=${path} exec ssh-keygen "$@"`);
    await master.program('chown', `exec /usr/bin/chown ${USER} "$2"`);
    expect(await master.start('master', 'grow', '2')).toMatchObject({ exitCode: 0 });
    const port = await freePort();
    await serve(master, port);

    await worker.program('ssh', `PATH=${path} exec ssh -p ${port} -o HostName=127.0.0.1 "$@"`);
    await worker.write('on-sleep', 'kill "$PPID"\n');
    const { exitCode, calls } = await worker.start('worker', 'grow');
    expect(exitCode, await worker.read('root/local/vhive/log')).toBe(0);
    expect(calls).toContain('token: fingerprint.id.secret');

    const login = async (key: string, ...command: string[]) => {
      await worker.write('key', key);
      await execa('chmod', ['600', join(worker.directory, 'key')]);
      const options = [
        'BatchMode=yes',
        'IdentitiesOnly=yes',
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
      ];
      const args = [
        '-n',
        '-p',
        `${port}`,
        '-i',
        join(worker.directory, 'key'),
        ...options.flatMap((option) => ['-o', option]),
      ];
      return execa('ssh', [...args, 'vhive-join@127.0.0.1', ...command], { env: { PATH: path }, reject: false });
    };
    expect((await login(experimentKey, 'id')).stdout).toBe((await master.read('root/var/lib/vhive-join/token')).trim());
    expect(await login(newExperimentKey())).toMatchObject({ exitCode: 255, stdout: '' });
  },
);
