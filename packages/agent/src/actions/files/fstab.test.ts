import { expect, test } from 'vitest';
import { hasSwap, withoutSwap } from './fstab.ts';

const fstab = [
  '# /etc/fstab: static file system information.',
  '# swap was on /dev/sda2 during installation',
  'UUID=1 /    ext4  errors=remount-ro 0 1',
  'UUID=2 none swap sw 0 0',
  '/swapfile\tswap\tswap\tdefaults\t0\t0',
  '#/old none swap sw 0 0',
  '/srv/swap /data/swap ext4 defaults 0 2',
  '',
].join('\n');

test('comments out swap entries and nothing else', () => {
  expect(withoutSwap(fstab)).toBe(
    [
      '# /etc/fstab: static file system information.',
      '# swap was on /dev/sda2 during installation',
      'UUID=1 /    ext4  errors=remount-ro 0 1',
      '# vhive: UUID=2 none swap sw 0 0',
      '# vhive: /swapfile\tswap\tswap\tdefaults\t0\t0',
      '#/old none swap sw 0 0',
      '/srv/swap /data/swap ext4 defaults 0 2',
      '',
    ].join('\n'),
  );
});

test('is done after one time', () => {
  expect(hasSwap(fstab)).toBe(true);
  expect(hasSwap(withoutSwap(fstab))).toBe(false);
  expect(withoutSwap(withoutSwap(fstab))).toBe(withoutSwap(fstab));
});
