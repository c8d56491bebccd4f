import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { CloudlabNode } from '../../support/cloudlab-node.ts';

const root = join(import.meta.dirname, '../../..');
const START = 'sudo -n /local/repository/profiles/cloudlab/start.sh';

/** Runs the profile with these parameters, the others being left as they are, on a stand-in for geni-lib. */
async function profileWith(parameters: Record<string, unknown>) {
  const { stdout, stderr, exitCode } = await execa('python3', [join(root, 'profiles/cloudlab/profile.py')], {
    env: {
      PYTHONPATH: join(root, 'test/support/geni-lib-stand-in'),
      PYTHONDONTWRITEBYTECODE: '1',
      PARAMETERS: JSON.stringify(parameters),
    },
    reject: false,
  });
  expect(stderr).toBe('');
  return { exitCode, ...JSON.parse(stdout) };
}

const commands = (request: { nodes: { services: [string, string][] }[] }) =>
  request.nodes.flatMap(({ services }) => services.map(([, command]) => command));

describe('profiles/cloudlab/profile.py', () => {
  it('asks for three nodes in a LAN, of which the first brings up the cluster', async () => {
    const image = 'urn:publicid:IDN+emulab.net+image+emulab-ops//UBUNTU22-64-STD';
    const node = (name: string, address: string, command: string) => {
      const addresses = [[address, '255.255.255.0']];
      return { name, type: 'xl170', image, addresses, services: [['bash', `${START} ${command}`]] };
    };
    expect(await profileWith({})).toEqual({
      exitCode: 0,
      nodes: [
        node('node-0', '10.10.1.1', 'master grow 3 --sandbox firecracker'),
        node('node-1', '10.10.1.2', 'worker grow'),
        node('node-2', '10.10.1.3', 'worker grow'),
      ],
      lans: [{ name: 'vhive-lan', bandwidth: null, interfaces: ['node-0:if0', 'node-1:if0', 'node-2:if0'] }],
    });
  });

  it('asks for one node without a LAN', async () => {
    const request = await profileWith({ nodeCount: 1, sandbox: 'gvisor', hardwareType: '', growRoot: false });
    expect(request.lans).toEqual([]);
    expect(request.nodes).toMatchObject([{ name: 'node-0', type: null, addresses: [] }]);
    expect(commands(request)).toEqual([`${START} master keep 1 --sandbox gvisor`]);
  });

  it('hands on hardware, image, LAN and the version of vHive', async () => {
    const request = await profileWith({
      nodeCount: 2,
      hardwareType: 'm400',
      image: 'urn:publicid:IDN+emulab.net+image+emulab-ops//UBUNTU24-64-ARM',
      sandbox: 'stock-only',
      stargz: true,
      lanNetwork: '172.30.16.0/20',
      linkSpeed: 10_000_000,
      vhiveRepository: 'someone/vHive',
      vhiveRef: 'feature/fast-boot',
    });
    expect(request.nodes).toMatchObject([
      { type: 'm400', addresses: [['172.30.16.1', '255.255.240.0']] },
      { type: 'm400', image: expect.stringMatching(/ARM$/), addresses: [['172.30.16.2', '255.255.240.0']] },
    ]);
    expect(request.lans).toMatchObject([{ bandwidth: 10_000_000 }]);
    expect(commands(request)[0]).toBe(
      `${START} master grow 2 --sandbox stock-only --stargz --vhive-repo someone/vHive --vhive-ref feature/fast-boot`,
    );
  });

  it('has nodes clone another repository, in commands that a shell can read', async () => {
    const request = await profileWith({ source: 'https://git.example.org/lab/boot.git', sourceRef: 'v1.2.0' });
    for (const command of commands(request)) {
      expect(command).toContain('git clone -q https://git.example.org/lab/boot.git source.part');
      expect(command).toContain('git -C source.part checkout -q v1.2.0');
      expect(command).toMatch(/&& sudo -n \/local\/vhive\/source\/profiles\/cloudlab\/start\.sh (master|worker) /);
      await execa('bash', ['-n', '-c', command]);
    }
  });

  it.each([
    ['git is down', 'exit 128', 6, { code: 'unreachable', exitCode: 6 }],
    [
      'git answers at the third try',
      '[ "$(grep -c "^git clone" "$NODE/calls")" -gt 2 ] && mkdir -p "$4/$SCRIPT" && cp "$NODE/start" "$4/$SCRIPT/start.sh"',
      7,
      {},
    ],
  ])('has nodes try for a while to clone: %s', async (_, git, expected, result) => {
    const [command = ''] = commands(await profileWith({ nodeCount: 1, source: 'https://git.example.org/boot' }));
    const node = await CloudlabNode.create('node-0', '');
    const local = join(node.directory, 'local');
    await node.program('git', git);
    await node.program('start', 'exit 7', '.');
    const env = { PATH: `${node.directory}/bin:/usr/bin:/bin`, NODE: node.directory, SCRIPT: 'profiles/cloudlab' };
    const ended = await execa('bash', ['-c', command.replaceAll('/local/vhive', local)], { env, reject: false });
    expect(ended.exitCode).toBe(expected);
    expect(JSON.parse((await node.read('local/result.json')) || '{}')).toMatchObject(result);
    expect(
      (await node.read('calls')).match(/^git clone -q https:\/\/git\.example\.org\/boot source\.part/gm),
    ).toHaveLength(expected === 6 ? 30 : 3);
  });

  it.each([
    [{ nodeCount: 0 }, /1 to 100 nodes/, ['nodeCount']],
    [{ nodeCount: 101, lanNetwork: '10.10.0.0/16' }, /1 to 100 nodes/, ['nodeCount']],
    [{ lanNetwork: '10.10.1.1/24' }, /no network/, ['lanNetwork']],
    [{ lanNetwork: '10.10.256.0/24' }, /no network/, ['lanNetwork']],
    [{ lanNetwork: '10.10.1.0/24; reboot' }, /no network/, ['lanNetwork']],
    [{ nodeCount: 20, lanNetwork: '10.10.1.0/27' }, /too small/, ['lanNetwork', 'nodeCount']],
    [{ sandbox: 'gvisor', stargz: true }, /gVisor/, ['sandbox', 'stargz']],
    [{ hardwareType: 'm400', image: 'UBUNTU22-64-ARM' }, /plain containers only/, ['hardwareType', 'sandbox']],
    [{ hardwareType: 'm400', sandbox: 'stock-only' }, /needs an image/, ['image']],
    [{ vhiveRepository: 'https://github.com/a/b' }, /owner\/name/, ['vhiveRepository']],
    [{ vhiveRef: '--help' }, /no branch/, ['vhiveRef']],
    [{ source: 'https://user:secret@git.example.org/x' }, /without a password/, ['source']],
    [{ source: "https://git.example.org/x'$(reboot)" }, /https address/, ['source']],
    [{ sourceRef: 'v1' }, /Name the repository/, ['sourceRef', 'source']],
  ])('refuses %j at the portal', async (parameters, message, names) => {
    const { exitCode, errors } = await profileWith(parameters);
    expect(exitCode).toBe(1);
    expect(errors).toEqual([{ message: expect.stringMatching(message), parameters: names }]);
  });
});
