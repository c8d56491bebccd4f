import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { writeFileAtomic } from './files/atomic-file.ts';
import { isDiskFull, systemFailure } from './system-failure.ts';

const errno = (code: string, more: object = {}) => Object.assign(new Error(`${code}: so it is`), { code, ...more });

it.each([
  [
    'ENOSPC',
    { syscall: 'write', path: '/var/lib/x/y' },
    'preflight',
    'the disk is full: write /var/lib/x/y',
    'df -h /var/lib/x',
  ],
  ['EDQUOT', { syscall: 'write' }, 'preflight', 'the disk is full: write', 'df -h'],
  ['EROFS', { syscall: 'open', path: '/x' }, 'preflight', 'the file system is read-only: open /x', 'dmesg'],
  ['EACCES', { syscall: 'open', path: '/x' }, 'usage', 'permission denied: open /x', 'run as'],
  [
    'EADDRINUSE',
    { syscall: 'listen', address: '0.0.0.0', port: 7443 },
    'usage',
    'listen 0.0.0.0 port 7443',
    'ss -ltnp',
  ],
  ['EMFILE', { syscall: 'open', path: '/x' }, 'preflight', 'too many files', 'ulimit -n'],
])('%s is explained, also as the cause of another error', (code, more, kind, message, hint) => {
  const wrapped = new Error('outside', { cause: new Error('between', { cause: errno(code, more) }) });
  for (const error of [errno(code, more), wrapped])
    expect(systemFailure(error)).toMatchObject({
      code: kind,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
});

it.each([undefined, 'text', new Error('x'), errno('ENOENT'), errno('toString')])('%s is none of these', (error) =>
  expect(systemFailure(error)).toBeUndefined(),
);

it('names the file that could not be written, which the system does not', async () => {
  const error = await writeFile('/dev/full', 'x').catch((cause: unknown) => cause);
  expect(isDiskFull(error)).toBe(true);
  expect(error).not.toHaveProperty('path');
  const atomic = await writeFileAtomic('/proc/nothing/file', 'x').catch((cause: unknown) => cause);
  expect(atomic).toHaveProperty('path');
});
