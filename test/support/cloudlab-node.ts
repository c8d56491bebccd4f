import { chmod, cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const profile = join(import.meta.dirname, '../../profiles/cloudlab');

/**
 * Stands in for every program that would change or ask the machine. Each tells its arguments to the file "calls"; what
 * it answers are files of the node. Nothing waits: `sleep` runs the file "on-sleep" instead, if there is one.
 */
const STAND_INS: Record<string, string> = {
  id: '[ "$1" = -u ] && echo "$STAND_IN_UID"',
  sudo: '[ "$1" != -n ] || shift; [ "$1" != -- ] || shift; STAND_IN_UID=0 exec "$@"',
  'geni-get': 'cat "$NODE/geni/$1"',
  ip: 'cat "$NODE/ip"',
  sleep: '[ ! -e "$NODE/on-sleep" ] || . "$NODE/on-sleep"',
  ssh: '. "$NODE/on-ssh"',
  'ssh-keygen': 'echo "ssh-rsa AAAA"',
  useradd: '',
  chown: '',
  'apt-get': '',
  df: 'echo Avail; cat "$NODE/free"',
  findmnt: 'echo /dev/sda1',
  lsblk: 'case "$*" in *PKNAME*) echo sda ;; *) cat "$NODE/partitions" ;; esac',
  swapoff: '',
  sfdisk: '',
  partx: '',
  growpart: '[ ! -e "$NODE/grown" ]',
  resize2fs: '[ ! -e "$NODE/free-after" ] || cp "$NODE/free-after" "$NODE/free"',
  node: 'echo v12.22.9',
  curl: '[ -e "$NODE/download" ] && cp "$NODE/download" "$5"',
};

const PROGRAMS: Record<string, string> = {
  'vhive-coord':
    'if [ "$1" = token ]; then echo fingerprint.id.secret; else cat "$NODE/up"; exit "$(cat "$NODE/up-code")"; fi',
  'vhive-agent': 'echo "token: $VHIVE_TOKEN" >>"$NODE/calls"',
};

/**
 * A node as the start-up scripts of the CloudLab profile see it: a copy of the scripts beside stand-ins for vhive-coord and
 * vhive-agent, and a directory in place of `/`.
 */
export class CloudlabNode {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes a node of a LAN of two nodes, with the experiment's key, room on its disk and a cluster that comes up. */
  static async create(name: string, key: string): Promise<CloudlabNode> {
    const node = new CloudlabNode(await mkdtemp(join(tmpdir(), 'cloudlab-')));
    await cp(profile, join(node.directory, 'repository/profiles/cloudlab'), { recursive: true });
    for (const [folder, programs] of [
      ['bin', STAND_INS],
      ['repository/bin', PROGRAMS],
    ] as const) {
      for (const [program, body] of Object.entries(programs)) {
        await node.program(program, body, folder);
      }
    }
    const address = name === 'node-0' ? '10.10.1.1' : '10.10.1.2';
    await node.write('geni/client_id', `${name}\n`);
    await node.write('geni/key', key);
    await node.write('geni/manifest', manifest);
    await node.write('ip', `1: lo    inet 127.0.0.1/8\n3: enp6s0f1    inet ${address}/24 brd 10.10.1.255\n`);
    await node.write('free', '200\n');
    await node.write('up', '{"type":"step"}\n{"type":"result","outcome":"ready","exitCode":0}\n');
    await node.write('up-code', '0\n');
    await node.write('repository/node_modules/.vhive-installed', '');
    return node;
  }

  /** Writes a file below the node's directory, and returns its path. */
  async write(path: string, content: string): Promise<string> {
    const target = join(this.directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    return target;
  }

  /** Puts a program in place of a stand-in: a line of the shell, which can read $NODE. */
  async program(name: string, body: string, folder = 'bin'): Promise<void> {
    const path = await this.write(`${folder}/${name}`, `#!/bin/sh\necho "${name} $*" >>"$NODE/calls"\n${body}\n`);
    await chmod(path, 0o755);
  }

  /** The text of a file below the node's directory; empty if it is not there. */
  read(path: string): Promise<string> {
    return readFile(join(this.directory, path), 'utf8').catch(() => '');
  }

  /** Runs start.sh as the user that CloudLab runs it as, and returns what it leaves. `calls` are those of this start. */
  async start(...args: string[]) {
    await this.write('calls', '');
    const { exitCode, stdout, stderr } = await execa(
      join(this.directory, 'repository/profiles/cloudlab/start.sh'),
      args,
      {
        env: {
          PATH: `${this.directory}/bin:/usr/local/bin:/usr/bin:/bin`,
          NODE: this.directory,
          STAND_IN_UID: '1000',
          VHIVE_HOST_ROOT: join(this.directory, 'root'),
        },
        reject: false,
      },
    );
    const result = JSON.parse((await this.read('root/local/vhive/result.json')) || '{}');
    const kept = (await this.read('root/local/vhive/exit-code')).trim();
    return { exitCode, stdout, stderr, result, kept, calls: (await this.read('calls')).split('\n') };
  }
}

/** As CloudLab gives it: the namespace of GENI, nodes by client_id, addresses of the LAN (the control network has none). */
const manifest = `<rspec xmlns="http://www.geni.net/resources/rspec/3" type="manifest">
  <node client_id="node-0"><interface client_id="node-0:if0">
    <ip address="10.10.1.1" type="ipv4" netmask="255.255.255.0"/></interface></node>
  <node client_id="node-1"><interface client_id="node-1:if0">
    <ip address="10.10.1.2" type="ipv4" netmask="255.255.255.0"/></interface>
    <host name="node-1.exp.proj.utah.cloudlab.us" ipv4="128.110.217.5"/></node>
  <link client_id="vhive-lan"><interface_ref client_id="node-0:if0"/><interface_ref client_id="node-1:if0"/></link>
</rspec>
`;
