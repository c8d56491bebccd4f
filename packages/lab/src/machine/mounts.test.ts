import { expect, it } from 'vitest';
import { parseMountInfo } from './mounts.ts';

it('reads mountinfo, with optional fields and escaped characters', () => {
  const text = [
    '36 35 98:0 /mnt1 /mnt/with\\040space\\134 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue',
    '37 35 0:5 net:[4026532288] /run/lab/netns rw - nsfs nsfs rw',
    '',
  ].join('\n');
  expect(parseMountInfo(text)).toEqual([
    { root: '/mnt1', target: '/mnt/with space\\', type: 'ext3', superOptions: ['rw', 'errors=continue'] },
    { root: 'net:[4026532288]', target: '/run/lab/netns', type: 'nsfs', superOptions: ['rw'] },
  ]);
});
