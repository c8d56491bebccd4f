import { statfs } from 'node:fs/promises';
import { ignoring } from '@vhive/base/ignoring';

/** The type of a cgroup version 2 file system: CGROUP2_SUPER_MAGIC of linux/magic.h. */
const CGROUP2_MAGIC = 0x63677270;

/** Returns 2 when /sys/fs/cgroup itself is the unified hierarchy, otherwise 1. */
export async function cgroupVersion(): Promise<1 | 2> {
  const mount = await statfs('/sys/fs/cgroup').catch(ignoring('without cgroups nothing is mounted there'));
  return mount?.type === CGROUP2_MAGIC ? 2 : 1;
}
