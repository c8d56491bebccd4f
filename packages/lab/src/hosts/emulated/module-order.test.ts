import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moduleOrder } from './module-order.ts';

const listed = `kernel/fs/ext4/ext4.ko: kernel/lib/crc16.ko kernel/fs/mbcache.ko kernel/fs/jbd2/jbd2.ko
kernel/lib/crc16.ko:
kernel/fs/mbcache.ko:
kernel/fs/jbd2/jbd2.ko:
kernel/arch/x86/crypto/crc32c-intel.ko:
kernel/sound/soundcore.ko:
`;

describe('moduleOrder', () => {
  it('puts what a module needs before it, and leaves out what nobody wants or the kernel has built in', () => {
    expect(moduleOrder(listed, ['ext4', 'crc32c_intel', 'virtio_blk'])).toEqual([
      ...['kernel/lib/crc16.ko', 'kernel/fs/mbcache.ko', 'kernel/fs/jbd2/jbd2.ko', 'kernel/fs/ext4/ext4.ko'],
      'kernel/arch/x86/crypto/crc32c-intel.ko',
    ]);
  });

  it('orders any list without circles', () => {
    const lists = fc.array(fc.array(fc.nat(19), { maxLength: 5 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(lists, fc.subarray([...Array(20).keys()]), (needs, wanted) => {
        const file = (number: number) => `k/m${number}.ko`;
        // A module needs only modules with a lower number, so that there is no circle.
        const text = needs.map(
          (some, index) =>
            `${file(index)}: ${some
              .filter((n) => n < index)
              .map(file)
              .join(' ')}`,
        );
        const order = moduleOrder(
          text.join('\n'),
          wanted.map((number) => `m${number}`),
        );
        expect(new Set(order).size).toBe(order.length);
        for (const number of wanted) expect(order).toContain(file(number));
        for (const [index, some] of needs.entries()) {
          const place = order.indexOf(file(index));
          if (place < 0) continue;
          for (const need of some.filter((n) => n < index)) expect(order.slice(0, place)).toContain(file(need));
        }
      }),
    );
  });
});
