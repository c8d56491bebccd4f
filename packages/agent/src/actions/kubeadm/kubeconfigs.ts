import type { Host } from '../../host/host.ts';
import { failedForGood } from '../kit/failures.ts';
import { fileChanges, type ManagedFile } from '../kit/managed-file.ts';
import { adminConf } from './paths.ts';

interface Account {
  user: string;
  group: string;
  home: string;
}

async function account(host: Host, user: string): Promise<Account> {
  // getent also finds users that come from a directory service.
  const found = await host.run(['getent', 'passwd', user]);
  const [name, , , gid, , home] = found.stdout.trim().split(':');
  if (found.exitCode !== 0 || !name || !gid || !home)
    throw failedForGood(`this host has no user ${user}, whose ~/.kube/config was to be written`, {
      code: 'usage',
      hint: 'set kubernetes.operatorUser in the cluster file to a user of the master',
    });
  const group = await host.run(['getent', 'group', gid]);
  return { user: name, group: group.stdout.split(':')[0] || gid, home };
}

/** Returns the kubeconfig files that hold the admin credentials: root's and the operator's. */
export async function kubeconfigFiles(host: Host, operatorUser: string | null): Promise<ManagedFile[]> {
  const content = (await host.readFile(adminConf))?.toString() ?? '';
  const users = [...new Set(['root', ...(operatorUser === null ? [] : [operatorUser])])];
  const accounts = await Promise.all(
    users.map((user) => (user === 'root' ? { user, group: 'root', home: '/root' } : account(host, user))),
  );
  return accounts.map(({ user, group, home }) => ({
    path: `${home}/.kube/config`,
    content,
    mode: '0600',
    owner: user,
    group,
    secret: true,
  }));
}

/** Writes a kubeconfig file. If another one was there, for example that of another cluster, a copy of it is kept. */
export async function writeKubeconfig(host: Host, file: ManagedFile): Promise<void> {
  if ((await fileChanges(host, file)).length === 0) return;
  const { path, content, mode, owner, group } = file;
  const directory = path.slice(0, path.lastIndexOf('/'));
  if ((await host.stat(directory)) === undefined) await host.makeDirectory(directory, { mode: '0750', owner, group });
  const before = await host.readFile(path);
  if (before && before.toString() !== content)
    await host.writeFile(`${path}.before-vhive`, before, { mode, owner, group });
  await host.writeFile(path, content, { mode, owner, group });
}
