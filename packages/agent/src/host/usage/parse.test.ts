import fc from 'fast-check';
import { expect, it } from 'vitest';
import { busySeconds, diskBytes, fieldOf, memoryOf, podOfCgroup, processSeconds, trafficOf } from './parse.ts';

// Excerpts of what kernels 5.4 and 6.1 say.

it('the time that cores were busy', () => {
  const stat = 'cpu  1000 20 300 99999 555 5 6 7 40 0\ncpu0 1 2 3 4 5 6 7 8 0 0\nintr 1\n';
  expect(busySeconds(stat)).toBe(13.38);
  expect(busySeconds('cpus 4\n')).toBeUndefined();
});

it('the time of a process, whatever it is called', () => {
  const stat = '42 (a) (b 1 2) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 11 0 99\n';
  expect(processSeconds(stat)).toBe(2);
  expect(processSeconds('')).toBeUndefined();
});

it('the working set of a machine', () => {
  const meminfo =
    'MemTotal:       16384 kB\nMemFree:         4096 kB\nMemAvailable:    9000 kB\nInactive:        3000 kB\nInactive(anon):  1000 kB\nInactive(file):  2048 kB\n';
  expect(memoryOf(meminfo)).toEqual({ totalBytes: 16384 * 1024, workingSetBytes: 10240 * 1024 });
  expect(memoryOf('MemTotal: 1 kB\n')).toBeUndefined();
});

it('the fields of cpu.stat and memory.stat', () => {
  expect(fieldOf('usage_usec 1500000\nuser_usec 1\n', 'usage_usec')).toBe(1_500_000);
  const memory = 'anon 1\ninactive_file 4096\nworkingset_refault_file 7\n';
  expect(fieldOf(memory, 'inactive_file')).toBe(4096);
  expect(fieldOf('inactive_file 1\ntotal_inactive_file 9\n', 'total_inactive_file')).toBe(9);
  expect(fieldOf(memory, 'file')).toBeUndefined();
});

const header =
  'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';

it('the traffic of an interface, also of one whose counter leaves no blank', () => {
  const text = `${header}    lo: 11 1 0 0 0 0 0 0 12 1 0 0 0 0 0 0\n  eth0:7836033836 8 0 0 0 0 0 0 21 2 0 0 0 0 0 0\neth0.5: 1 1 0 0 0 0 0 0 2 1 0 0 0 0 0 0\n`;
  expect(trafficOf(text, 'eth0')).toEqual({ receivedBytes: 7_836_033_836, sentBytes: 21 });
  expect(trafficOf(text, 'eth')).toBeUndefined();
});

it('the bytes of disks, without those of their partitions', () => {
  const text =
    '   7       0 loop0 201 306 14444 176 32 24 416 18 0 160 205\n 254       0 vda 10 1 200 5 20 2 300 6 0 7 8\n 254       1 vda1 9 1 190 5 20 2 300 6 0 7 8\n';
  expect(diskBytes(text, (name) => name === 'vda')).toEqual({ readBytes: 102_400, writtenBytes: 153_600 });
  expect(diskBytes(text, () => false)).toBeUndefined();
});

it('the pod of a cgroup, with either driver and in each class', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.constantFrom('kubepods', 'kubepods-burstable', 'kubepods-besteffort'), (uid, classOf) => {
      expect(podOfCgroup(`${classOf}-pod${uid.replaceAll('-', '_')}.slice`)).toBe(uid);
      expect(podOfCgroup(`pod${uid}`)).toBe(uid);
    }),
  );
  for (const other of ['kubepods-burstable.slice', 'burstable', 'cpu.stat', 'podman', 'pod', 'cri-containerd-0a.scope'])
    expect(podOfCgroup(other)).toBeUndefined();
});

it('whatever stands in these files, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const parse of [busySeconds, memoryOf, podOfCgroup, processSeconds]) parse(text);
      trafficOf(text, 'eth0');
      diskBytes(text, () => true);
    }),
  );
});
