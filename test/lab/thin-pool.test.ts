import { defaultLabDirectories } from '@vhive/lab/index';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureMachineImage, type MachineImage } from './user-mode-linux/machine-image.ts';
import { OwnMachine } from './user-mode-linux/own-machine.ts';
import type { Boots } from './user-mode-linux/thin-pool-boots.ts';

// The hosts of the lab share this machine's kernel, which may have no device mapper. So the thin pool is made on a
// machine that has a kernel of its own: Debian with systemd and udev, booted as User Mode Linux. Debian has that for
// x86-64 alone.

let image: MachineImage;

const program = 'test/lab/user-mode-linux/thin-pool-boots.ts';
const nothing = { changed: [], left: [] };

describe.skipIf(process.arch !== 'x64')('thin pool on a machine with a kernel of its own (x86-64)', () => {
  beforeAll(async () => {
    const log = (line: string) => process.stderr.write(`lab: ${line}\n`);
    image = await ensureMachineImage({ cacheDir: defaultLabDirectories().cacheDir, log });
  });

  it('is made, left alone, grown; comes back at boot by itself before it is needed; damage is not covered up', async () => {
    await using machine = await OwnMachine.make(image);
    const first = (await machine.boot(program, 'first')) as Boots['first'];
    expect(first.findings).toEqual([]);
    expect(first.made).toEqual({
      changed: expect.arrayContaining(['fc-dev-thinpool: the thin pool of 100 GiB is made']),
      left: [],
    });
    expect(first.again).toEqual(nothing);
    expect(first.grown).toEqual({
      changed: expect.arrayContaining([
        'fc-dev-thinpool: grows from 100 GiB to 200 GiB',
        'fc-dev-thinpool: its metadata grows from 0.3 GiB to 0.5 GiB',
      ]),
      left: [],
    });

    const second = (await machine.boot(program, 'second')) as Boots['second'];
    expect(second.bootId).not.toBe(first.bootId);
    expect(second.back).toEqual({
      unit: 'active',
      status: expect.stringMatching(/^0 419430400 thin-pool .* rw /),
      atStartOfFirecracker: expect.stringMatching(/^0 419430400 thin-pool .* rw /),
      action: nothing,
    });
    expect(second.content).toBe('precious');
    expect(second.intact).toBe(0);
    expect(second.damaged.check).toBe(1);
    expect(second.damaged.action).toMatchObject({
      failure: {
        lastLines: expect.arrayContaining([expect.stringContaining('refuses the thin pool fc-dev-thinpool')]),
      },
    });
    expect(second.device).toContain('No devices found');
    // The limit is a little more than twice the limit of a boot.
  }, 400_000);
});
