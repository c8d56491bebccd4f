import { describe, expect, it } from 'vitest';
import { pathsBeside } from './host-paths.ts';
import { imageIn } from './image.ts';
import { qemuCommand } from './qemu-command.ts';

const command = qemuCommand({
  name: 'host-2',
  image: imageIn('/cache/emulated'),
  paths: pathsBeside('/var/lib/a,b/hosts/host-2/disk.qcow2'),
  binds: [
    { source: '/opt/release', target: '/usr/local/lib/vhive', readOnly: true },
    { source: '/srv/data', target: '/mnt/data', readOnly: false },
  ],
  mac: '02:4c:0a:4d:00:0c',
  line: '127.0.0.12',
  bridgeNamespace: '/var/lib/a,b/bridge.netns',
});
const valuesOf = (option: string) => command.flatMap((word, index) => (command[index - 1] === option ? [word] : []));

describe('the command line of an emulated host', () => {
  it('emulates in software a processor with virtualisation, so that the machine needs no KVM', () => {
    expect(valuesOf('-accel')).toEqual(['tcg,thread=multi']);
    expect(valuesOf('-cpu')).toEqual(['EPYC,+svm']);
  });

  it('plugs one card into the lab, and the other into a line that reaches nothing else', () => {
    expect(valuesOf('-netdev')).toEqual([
      'tap,id=lab,ifname=host-2,script=no,downscript=no',
      'user,id=line,restrict=on,hostfwd=tcp:127.0.0.12:22-10.0.2.15:22',
    ]);
    expect(valuesOf('-device')).toContain('virtio-net-pci,netdev=lab,mac=02:4c:0a:4d:00:0c');
  });

  it('shows directories, read-only where they are, and doubles commas in paths', () => {
    expect(valuesOf('-fsdev')).toEqual([
      expect.stringMatching(/^local,id=vhive-lab-seed,path=\/var\/lib\/a,,b\/hosts\/host-2\/seed,.*,readonly=on$/),
      expect.stringMatching(/^local,id=bind0,path=\/opt\/release,.*,readonly=on$/),
      expect.stringMatching(/^local,id=bind1,path=\/srv\/data,(?!.*readonly)/),
    ]);
    expect(valuesOf('-drive')).toEqual([expect.stringContaining('file=/var/lib/a,,b/hosts/host-2/disk.qcow2,')]);
  });
});
