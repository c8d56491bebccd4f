import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { kernelLimitFindings } from './kernel-limit-findings.ts';

const readOnly = '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /proc/sys ro,nosuid - proc proc rw\n';
const writable = '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /proc rw,nosuid - proc proc rw\n';

test.each([
  ['too little in a container', '128', '8192', readOnly, ['max_user_instances is 128', 'max_user_watches is 8192']],
  ['too few instances in a container', '128', '524288', readOnly, ['max_user_instances is 128']],
  ['enough in a container', '512', '65536', readOnly, []],
  ['too little where it is raised later', '128', '8192', writable, []],
])('%s', async (_title, instances, watches, mounts, told) => {
  await using context = await testContext();
  const files = {
    '/proc/sys/fs/inotify/max_user_instances': `${instances}\n`,
    '/proc/sys/fs/inotify/max_user_watches': `${watches}\n`,
    '/proc/self/mountinfo': mounts,
  };
  for (const [path, text] of Object.entries(files)) await context.host.writeFile(path, text, { mode: '0644' });
  const findings = await kernelLimitFindings(context.host);
  expect(findings.map(({ message }) => message)).toEqual(told.map((text) => expect.stringContaining(text)));
  for (const { check, level, hint } of findings) {
    expect([check, level]).toEqual(['kernel', 'warning']);
    expect(hint).toMatch(/the machine that runs this container: sysctl -w fs\.inotify\.max_user_\w+=\d+$/);
  }
});

test('a kernel without inotify has nothing to be told', async () => {
  await using context = await testContext();
  expect(await kernelLimitFindings(context.host)).toEqual([]);
});
