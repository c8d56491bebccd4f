import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentActions } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { microvmBoot } from './microvm-boot.ts';

const archive = { name: 'hello-world', sha256: 'a'.repeat(64), bytes: 7 };
const image = 'docker.io/library/hello-world:latest';
const common = '--address /run/firecracker-containerd/containerd.sock --namespace vhive-smoke';
const removal = [
  'tasks rm --force vhive-microvm-boot',
  'containers rm vhive-microvm-boot',
  `images rm --sync ${image}`,
];
const run = `run --snapshotter devmapper --runtime aws.firecracker --rm --net-host ${image} vhive-microvm-boot`;

/**
 * Makes a host with the files of a microVM and a script that stands in for firecracker-ctr, which needs KVM. The script
 * notes its arguments and does what `on` says for its command.
 */
async function hostWith(on: Record<string, string>, signal = AbortSignal.timeout(30_000)) {
  const context = await testContext({
    signal,
    searchPath: '/usr/bin:/bin',
    host: (real) => ({
      run: (argv, options) => real.run([join(context.root, 'bin', argv[0] ?? ''), ...argv.slice(1)], options),
    }),
    download: async ({ name }, path) => context.host.writeFile(path, name, { mode: '0600' }),
  });
  for (const path of inputs) await context.host.writeFile(path, path, { mode: '0755' });
  const cases = Object.entries(on).map(([command, script]) => `  ${command}) ${script} ;;\n`);
  await mkdir(join(context.root, 'bin'));
  await writeFile(
    join(context.root, 'bin/firecracker-ctr'),
    `#!/bin/sh\nroot='${context.root}'\necho "$*" >> "$root/calls"\nshift 4\ncase "$1" in\n${cases.join('')}esac\n`,
    { mode: 0o755 },
  );
  const calls = async () => {
    const lines = (await readFile(join(context.root, 'calls'), 'utf8').catch(() => '')).trim().split('\n');
    expect(lines.filter((line) => !line.startsWith(common))).toEqual([]);
    return lines.map((line) => line.slice(common.length + 1));
  };
  return { context, calls };
}

const inputs = ['/usr/local/bin/firecracker', '/var/lib/firecracker-containerd/runtime/hello-vmlinux.bin'];
const params = (changes: object = {}) =>
  agentActions['microvm.boot'].params.parse({
    ...{ image, archive: null, socket: '/run/firecracker-containerd/containerd.sock', inputs },
    ...changes,
  });
const boots = { run: "printf '\\nHello from Docker!\\nThis message shows\\n'" };

describe('microvm.boot', () => {
  it('boots one microVM, removes it, and tries again only when its files have changed', async () => {
    const { context, calls } = await hostWith(boots);
    await using _ = context;
    expect(await microvmBoot.check(params(), context)).toEqual({
      converged: false,
      changes: ['a microVM boots on trial'],
    });
    await microvmBoot.apply(params(), context);
    expect(await calls()).toEqual([
      'version',
      ...removal,
      `images pull --snapshotter devmapper ${image}`,
      run,
      ...removal,
    ]);
    expect(context.logged).toContain('Hello from Docker!');
    expect(await microvmBoot.check(params(), context)).toEqual({ converged: true, outputs: {} });
    await context.host.writeFile(inputs[1] ?? '', 'another kernel', { mode: '0644' });
    expect(await microvmBoot.check(params(), context)).toMatchObject({
      changes: [expect.stringContaining('has changed')],
    });
  });

  it('imports the image from the mirror, and runs another command where one is given', async () => {
    const path = `/var/lib/vhive-agent/images/${archive.sha256}.tar`;
    const { context, calls } = await hostWith({ images: `test "$2" != import || cat "$root$5"`, run: 'echo 6.1.0' });
    await using _ = context;
    await expect(
      microvmBoot.apply(params({ archive, command: ['uname', '-r'], expected: '5.10' }), context),
    ).rejects.toThrow('did not print "5.10"');
    expect(await calls()).toContain(`images import --snapshotter devmapper ${path}`);
    expect(await calls()).toContain(`${run} uname -r`);
    expect(await context.host.list('/var/lib/vhive-agent/images')).toEqual([]);
  });

  it.each([
    [
      'thin pool',
      'echo "ctr: failed to create snapshot: devmapper: pool is out of metadata" >&2; exit 1',
      'dmsetup status',
    ],
    ['KVM', 'echo "ctr: Error creating KVM object: Permission denied" >&2; exit 1', '/dev/kvm'],
    ['reason', 'exit 1', 'journalctl -u firecracker-containerd'],
  ])('says what to look at when it fails: %s; and leaves nothing behind', async (_name, script, hint) => {
    const { context, calls } = await hostWith({ run: script });
    await using _ = context;
    await expect(microvmBoot.apply(params(), context)).rejects.toMatchObject({
      failure: { message: expect.stringContaining('a microVM cannot run'), hint: expect.stringContaining(hint) },
    });
    expect((await calls()).slice(-3)).toEqual(removal);
    expect(await microvmBoot.check(params(), context)).toMatchObject({ converged: false });
  });

  it('removes the microVM also when it is aborted while it boots', async () => {
    const abort = new AbortController();
    const { context, calls } = await hostWith({ run: 'echo booting; exec sleep 60' }, abort.signal);
    await using _ = context;
    const booting = microvmBoot.apply(params(), {
      ...context,
      streamed: { signal: abort.signal, onLine: () => abort.abort(new Error('cancelled')) },
    });
    await expect(booting).rejects.toThrow('cancelled');
    expect((await calls()).slice(-3)).toEqual(removal);
  });

  it('says which file is missing, or that the daemon does not answer', async () => {
    const { context, calls } = await hostWith({ version: 'echo "ctr: failed to dial" >&2; exit 1' });
    await using _ = context;
    await expect(microvmBoot.apply(params(), context)).rejects.toMatchObject({
      failure: { hint: expect.stringContaining('systemctl status firecracker-containerd') },
    });
    await context.host.remove(inputs[0] ?? '');
    await expect(microvmBoot.apply(params(), context)).rejects.toThrow(`there is no ${inputs[0]}`);
    expect(await calls()).toEqual(['version']);
  });
});
