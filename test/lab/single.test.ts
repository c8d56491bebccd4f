import { afterAll, beforeAll, expect, it } from 'vitest';
import { attempts, taskStarted } from './cluster/json-run.ts';
import { LabCluster } from './cluster/lab-cluster.ts';
import { deploy, podsOf, spread } from './cluster/pods.ts';

// A cluster of one host is set up by the coordinator as its own sandboxed service, which is killed in the middle.

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(1);
  // These are the commands that the comment in the unit file names. The service takes over the state that the
  // coordinator on the host has had since the lab was made.
  await cluster.shell(
    'host-1',
    `useradd --system --home-dir /var/lib/vhive-coord --shell /usr/sbin/nologin vhive-coord
     cp /usr/local/lib/vhive/systemd/vhive-coord.service /etc/systemd/system/
     echo VHIVE_MIRROR=/var/lib/vhive-mirror > /etc/vhive/coordinator.env
     systemctl enable --now vhive-coord
     until vhive-coord status; do sleep 0.2; done`,
  );
});

afterAll(() => cluster.down());

const mainPid = () => cluster.run('host-1', ['systemctl', 'show', '--property=MainPID', '--value', 'vhive-coord']);

it('the coordinator as a service is not root, and goes on by itself when it is killed', async () => {
  const run = await cluster.up('--nodes', '1');
  await run.seen(taskStarted('kubernetes/host-1'), 'kubernetes under way');
  const pid = await mainPid();
  expect(await cluster.run('host-1', ['stat', '--format=%U', `/proc/${pid}`])).toBe('vhive-coord');
  await cluster.run('host-1', ['kill', '-9', pid]);
  const { exitCode, result, stderr } = await run.outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/lost the coordinator, trying again(.*\n)*.*the coordinator is back/);
  expect(await mainPid()).not.toBe(pid);
  expect(Object.entries(attempts(run)).filter(([, count]) => count !== 1)).toEqual([]);
});

it('one host is a whole cluster, which runs pods', async () => {
  expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready' });
  expect(await cluster.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].spec.taints}')).toBe('');
  const plain = JSON.parse(spread(2)) as { spec: { template: { spec: { tolerations?: unknown } } } };
  delete plain.spec.template.spec.tolerations;
  await deploy(cluster, 'spread', JSON.stringify(plain));
  const pods = await podsOf(cluster, 'app=spread');
  expect(pods.map(({ node }) => node)).toEqual(['host-1', 'host-1']);
});

it('the second time nothing changes', async () => {
  const { result } = await (await cluster.up('--nodes', '1')).outcome();
  expect(result).toMatchObject({ outcome: 'ready', changed: 0 });
});
