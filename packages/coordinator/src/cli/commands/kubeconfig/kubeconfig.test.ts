import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';
import { mergeKubeconfig, readAdminKubeconfig } from './merge-kubeconfig.ts';

const adminConf = (server: string) => `apiVersion: v1
clusters:
- cluster: {certificate-authority-data: Y2E=, server: "${server}"}
  name: kubernetes
contexts:
- context: {cluster: kubernetes, user: kubernetes-admin}
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user: {client-certificate-data: Y2VydA==, client-key-data: a2V5}
`;
const other = `# mine
apiVersion: v1
kind: Config
clusters:
- name: prod # the real one
  cluster: {server: "https://prod:6443"}
users:
- name: me
  user: {token: t}
contexts:
- name: prod
  context: {cluster: prod, user: me}
current-context: prod
preferences: {}
`;
const admin = readAdminKubeconfig(adminConf('https://10.0.0.1:6443'), 'admin.conf');

/** A kubeconfig as the client library of Kubernetes reads it. */
function read(text: string) {
  const config = new KubeConfig();
  config.loadFromString(text);
  return {
    current: config.getCurrentContext(),
    server: config.getCurrentCluster()?.server,
    contexts: config.getContexts().map(({ name }) => name),
    clusters: config.getClusters().map(({ name, server }) => `${name} ${server}`),
    users: config.getUsers().map(({ name }) => name),
  };
}

describe('a merged kubeconfig', () => {
  it('has the cluster by its name beside what was there, with its comments', () => {
    const merged = mergeKubeconfig(other, admin, 'vhive', 'config');
    expect(read(merged)).toEqual({
      ...{ current: 'vhive', server: 'https://10.0.0.1:6443', contexts: ['prod', 'vhive'], users: ['me', 'vhive'] },
      clusters: ['prod https://prod:6443', 'vhive https://10.0.0.1:6443'],
    });
    expect(merged).toMatch(/^# mine\n/);
    expect(merged).toContain('# the real one');
  });

  it('replaces the cluster of that name, and is the same when it is merged again', () => {
    const once = mergeKubeconfig(other, admin, 'vhive', 'config');
    expect(mergeKubeconfig(once, admin, 'vhive', 'config')).toBe(once);
    const moved = readAdminKubeconfig(adminConf('https://10.0.0.2:6443'), 'admin.conf');
    expect(read(mergeKubeconfig(once, moved, 'vhive', 'config'))).toMatchObject({
      ...{ server: 'https://10.0.0.2:6443', contexts: ['prod', 'vhive'] },
    });
  });

  it('loses no context of any file', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9@.:/-]{0,20}$/), { maxLength: 6 });
    fc.assert(
      fc.property(names, fc.stringMatching(/^[a-z]{1,8}$/), (before, name) => {
        let text: string | undefined;
        for (const one of before) text = mergeKubeconfig(text, admin, one, 'config');
        const { contexts, current } = read(mergeKubeconfig(text, admin, name, 'config'));
        expect(new Set(contexts)).toEqual(new Set([...before, name]));
        expect([contexts.length, current]).toEqual([new Set([...before, name]).size, name]);
      }),
    );
  });
});

describe('kubeconfig', () => {
  let home: string;
  let conf: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'vhive-kubeconfig-'));
    conf = join(home, 'admin.conf');
    await writeFile(conf, adminConf('https://10.0.0.1:6443'));
  });
  afterEach(() => rm(home, { recursive: true }));

  const kubeconfig = (...words: string[]) =>
    cli(['kubeconfig', '--from', conf, '--state-dir', join(home, 'none'), ...words], {}, { HOME: home });

  it('prints it under the name of the cluster', async () => {
    const { exitCode, stdout } = await kubeconfig('--name', 'mine');
    expect(exitCode).toBe(0);
    expect(read(stdout)).toMatchObject({ current: 'mine', contexts: ['mine'], users: ['mine'] });
  });

  it('merges it into the file of the user, for that user alone, or into that of KUBECONFIG', async () => {
    const { exitCode, stdout } = await kubeconfig('--merge');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`${home}/.kube/config has the cluster`)]);
    const path = join(home, '.kube/config');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(read(await readFile(path, 'utf8'))).toMatchObject({ current: 'vhive' });
    const own = join(home, 'other.conf');
    await writeFile(join(home, 'real.conf'), other);
    await symlink('real.conf', own);
    await cli(
      ['kubeconfig', '--from', conf, '--merge', '--state-dir', home],
      {},
      { HOME: home, KUBECONFIG: `${own}:x` },
    );
    expect(read(await readFile(join(home, 'real.conf'), 'utf8')).contexts).toEqual(['prod', 'vhive']);
  });

  it.each([
    ['clusters: [', 'is no YAML'],
    ['- a', 'it has no fields'],
    ['kind: Config', 'is no kubeconfig file'],
    [
      adminConf('x').replace('current-context: kubernetes-admin@kubernetes', 'current-context: none'),
      'no whole context',
    ],
  ])('refuses %j, and leaves the file of the user as it was: exit code 2', async (text, message) => {
    await writeFile(conf, text);
    const { exitCode, stderr } = await kubeconfig('--merge');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
    await expect(stat(join(home, '.kube/config'))).rejects.toThrow('ENOENT');
  });

  it('a file of the user that is none is not written over: exit code 2', async () => {
    const own = join(home, 'broken.conf');
    await writeFile(own, 'contexts: {}\n');
    const env = { HOME: home, KUBECONFIG: own };
    const { exitCode, stderr } = await cli(['kubeconfig', '--from', conf, '--merge', '--state-dir', home], {}, env);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('contexts is no list')]);
    expect(await readFile(own, 'utf8')).toBe('contexts: {}\n');
  });

  it('says where there is none: exit code 2', async () => {
    const { exitCode, stderr } = await cli(['kubeconfig', '--from', join(home, 'nowhere')]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('it is on the control plane of a cluster that is up');
  });
});
