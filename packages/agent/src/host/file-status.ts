import type { Stats } from 'node:fs';
import type { Accounts } from './accounts.ts';
import type { FileStatus } from './host.ts';

/** The kernel's words about a file in ours. */
export function fileStatus(stats: Stats, users: Accounts, groups: Accounts): FileStatus {
  return {
    type: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'symlink' : 'other',
    mode: (stats.mode & 0o7777).toString(8).padStart(4, '0'),
    owner: users.nameOf(stats.uid),
    group: groups.nameOf(stats.gid),
    bytes: stats.size,
    // st_blocks counts 512 bytes, whatever the file system's own blocks (stat(2)).
    allocatedBytes: stats.blocks * 512,
  };
}
