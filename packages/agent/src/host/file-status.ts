import type { Stats } from 'node:fs';
import type { Accounts } from './accounts.ts';
import type { FileStatus } from './host.ts';

/** Turns what the kernel tells about a file into the agent's form, with names instead of numbers. */
export function fileStatus(stats: Stats, users: Accounts, groups: Accounts): FileStatus {
  return {
    type: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'symlink' : 'other',
    mode: (stats.mode & 0o7777).toString(8).padStart(4, '0'),
    owner: users.nameOf(stats.uid),
    group: groups.nameOf(stats.gid),
    bytes: stats.size,
    // st_blocks counts units of 512 bytes, whatever the block size of the file system (stat(2)).
    allocatedBytes: stats.blocks * 512,
    // The time of the last change of the inode (ctime) is the one that no program can set.
    state: [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' '),
  };
}
