import { chmod, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentActions, type ParamsIn } from '@vhive/shared';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { poolScript } from './pool-script.ts';

/**
 * Programs that stand in for the real ones. They keep what they were told in files of $STATE, and every call in
 * $STATE/calls.
 */
const standInLosetup = `#!/bin/sh
echo "losetup $*" >> "$STATE/calls"
case "$1" in
  -j) grep -F " ($2)" "$STATE/loops" || true ;;
  --find)
    device="/dev/loop$(wc -l < "$STATE/loops")"
    echo "$device: []: ($3)" >> "$STATE/loops"
    echo "$device" ;;
esac
`;
const standInDmsetup = `#!/bin/sh
echo "dmsetup $*" >> "$STATE/calls"
report() { echo "0 $1 thin-pool 0 1/$2 0/1 - rw discard_passdown queue_if_no_space - 1024"; }
case "$1" in
  status) cat "$STATE/pool" 2>/dev/null || { echo "Device does not exist." >&2; exit 1; } ;;
  create)
    if [ -e "$STATE/damaged" ]; then echo "device-mapper: reload ioctl on $2 failed" >&2; exit 1; fi
    report "$(echo "$4" | cut -d ' ' -f 2)" 1024 > "$STATE/pool" ;;
  reload) report "$(echo "$4" | cut -d ' ' -f 2)" 2048 > "$STATE/waiting" ;;
  resume) mv "$STATE/waiting" "$STATE/pool" ;;
esac
`;

async function machine(wanted: Partial<ParamsIn<'thin-pool'>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-pool-'));
  const at = (name: string) => join(directory, name);
  await mkdir(at('bin'));
  for (const [name, text] of [
    ['losetup', standInLosetup],
    ['dmsetup', standInDmsetup],
  ] as const) {
    await writeFile(at(`bin/${name}`), text);
    await chmod(at(`bin/${name}`), 0o755);
  }
  await writeFile(at('loops'), '');
  const pool = at("it's a pool");
  const run = async (change: Partial<ParamsIn<'thin-pool'>> = {}) => {
    await writeFile(at('calls'), '');
    const params = agentActions['thin-pool'].params.parse({
      name: 'fc-dev-thinpool',
      directory: pool,
      dataBytes: 8 * 2 ** 20,
      metadataBytes: 4 * 2 ** 20,
      unit: 'vhive-thin-pool.service',
      ...wanted,
      ...change,
    });
    await writeFile(at('script'), poolScript(params).content);
    const { exitCode, stderr } = await execa('sh', [at('script')], {
      reject: false,
      env: { STATE: directory, PATH: `${at('bin')}:/usr/bin:/bin` },
    });
    return { exitCode, stderr, calls: (await readFile(at('calls'), 'utf8')).trim().split('\n') };
  };
  return { at, pool, run, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

const looks = (pool: string) => [
  `losetup -j ${pool}/data`,
  `losetup -j ${pool}/metadata`,
  'dmsetup status fc-dev-thinpool',
];

test('makes sparse files, loop devices and the pool, once', async () => {
  await using host = await machine({ dataBytes: 100 * 2 ** 30 });
  const { pool } = host;
  const first = await host.run();
  expect(first).toEqual({
    exitCode: 0,
    stderr: '',
    calls: [
      `losetup -j ${pool}/data`,
      `losetup --find --show ${pool}/data`,
      `losetup -j ${pool}/metadata`,
      `losetup --find --show ${pool}/metadata`,
      'dmsetup status fc-dev-thinpool',
      'losetup --set-capacity /dev/loop0',
      'losetup --set-capacity /dev/loop1',
      'dmsetup create fc-dev-thinpool --table 0 209715200 thin-pool /dev/loop1 /dev/loop0 128 32768 1 skip_block_zeroing',
      'dmsetup status fc-dev-thinpool',
    ],
  });
  const data = await stat(join(pool, 'data'));
  expect(data.size).toBe(100 * 2 ** 30);
  expect(data.blocks * 512).toBeLessThan(2 ** 20);
  expect(data.mode & 0o777).toBe(0o600);

  expect(await host.run()).toEqual({ exitCode: 0, stderr: '', calls: looks(pool) });
});

test('after a reboot, loop devices and pool come back on the same files', async () => {
  await using host = await machine();
  await host.run();
  await writeFile(join(host.pool, 'data'), 'precious', { flag: 'r+' });
  await writeFile(host.at('loops'), '');
  await rm(host.at('pool'));
  const { exitCode, calls } = await host.run();
  expect(exitCode).toBe(0);
  expect(calls).toContain(`losetup --find --show ${host.pool}/data`);
  expect(calls.filter((call) => call.startsWith('dmsetup create'))).toHaveLength(1);
  expect((await readFile(join(host.pool, 'data'))).subarray(0, 8).toString()).toBe('precious');
});

test('a pool grows with its files, and never shrinks', async () => {
  await using host = await machine();
  await host.run();
  const { calls, exitCode } = await host.run({ dataBytes: 16 * 2 ** 20, metadataBytes: 8 * 2 ** 20 });
  expect(exitCode).toBe(0);
  expect(calls).toEqual([
    ...looks(host.pool),
    'losetup --set-capacity /dev/loop0',
    'losetup --set-capacity /dev/loop1',
    'dmsetup reload fc-dev-thinpool --table 0 32768 thin-pool /dev/loop1 /dev/loop0 128 32768 1 skip_block_zeroing',
    'dmsetup resume fc-dev-thinpool',
  ]);
  expect((await host.run({ dataBytes: 2 ** 20 })).calls).toEqual(looks(host.pool));
  expect((await stat(join(host.pool, 'data'))).size).toBe(16 * 2 ** 20);
});

test('after a reboot with a smaller wish, the pool is as large as its file', async () => {
  await using host = await machine();
  await host.run();
  await rm(host.at('pool'));
  const { calls } = await host.run({ dataBytes: 2 ** 20 });
  expect(calls.find((call) => call.startsWith('dmsetup create'))).toContain('--table 0 16384 thin-pool');
});

test.each(['0 16384 thin-pool Fail', '0 16384 thin-pool 0 1/1024 0/1 - ro no_discard_passdown - needs_check 1024'])(
  'a pool that needs repair is left alone: %s',
  async (status) => {
    await using host = await machine();
    await host.run();
    await writeFile(host.at('pool'), `${status}\n`);
    const result = await host.run({ dataBytes: 16 * 2 ** 20 });
    expect(result).toMatchObject({ exitCode: 1, calls: looks(host.pool) });
    expect(result.stderr).toContain('needs repair');
  },
);

test('a kernel that refuses the files is told of in plain words', async () => {
  await using host = await machine();
  await writeFile(host.at('damaged'), '');
  const { exitCode, stderr } = await host.run();
  expect(exitCode).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toMatch(/refuses the thin pool fc-dev-thinpool.*thin_check .*metadata$/);
});

test('a file cut short by a full disk is grown again', async () => {
  await using host = await machine();
  await mkdir(host.pool);
  await writeFile(join(host.pool, 'data'), '');
  await truncate(join(host.pool, 'data'), 4096);
  expect((await host.run()).exitCode).toBe(0);
  expect((await stat(join(host.pool, 'data'))).size).toBe(8 * 2 ** 20);
});
