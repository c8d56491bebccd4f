import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedFaults } from './faults.ts';

let directory: string;
let faults: SimulatedFaults;
const write = (list: unknown) => writeFile(join(directory, 'faults.json'), JSON.stringify(list));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-faults-'));
  faults = new SimulatedFaults(directory);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('meets nothing where no fault is listed', async () => {
  expect(await faults.meet(['kubeadm', 'join'], undefined)).toBeUndefined();
});

it('fails as often as asked, by program and words of the command line', async () => {
  await write([{ command: 'kubeadm join', effect: 'fail', times: 2, message: 'no route to host' }]);
  expect(await faults.meet(['kubeadm', 'joiner'], undefined)).toBeUndefined();
  expect(await faults.meet(['join', 'kubeadm'], undefined)).toBeUndefined();
  for (let time = 0; time < 2; time += 1)
    expect(await faults.meet(['/usr/bin/kubeadm', '-v', '5', 'join', '--config', 'x'], undefined)).toMatchObject({
      exitCode: 1,
      stderr: 'no route to host\n',
    });
  expect(await faults.meet(['kubeadm', 'join'], undefined)).toBeUndefined();
  expect(JSON.parse(await readFile(join(directory, 'faults.json'), 'utf8'))).toEqual([]);
});

it('hangs until the fault is taken off the list', async () => {
  await write([{ command: 'swapoff', effect: 'hang' }]);
  const met = faults.meet(['swapoff', '-a'], undefined);
  await write([]);
  expect(await met).toBeUndefined();
});

it('hangs until the signal aborts', async () => {
  await write([{ command: 'swapoff', effect: 'hang' }]);
  const controller = new AbortController();
  const met = faults.meet(['swapoff', '-a'], controller.signal);
  controller.abort(new Error('cancelled'));
  await expect(met).rejects.toThrow('cancelled');
});

it('says what is wrong with the list', async () => {
  await write([{ command: 'swapoff', effect: 'explode' }]);
  await expect(faults.meet(['swapoff'], undefined)).rejects.toThrow(/faults\.json is no list of faults/);
});
