import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Program } from '../support/program.ts';

let directory: string;
let server: Server | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-invoke-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(directory, { recursive: true });
});

/** The words of a load of a server of the test, for an hour. */
async function loadOf(listener: RequestListener): Promise<string[]> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gateway = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return ['invoke', 'a.example', '--gateway', gateway, '--protocol', 'http1', '--rps', '20', '--time', '1h'];
}

it('Ctrl-C ends the sending, and keeps the results of what was sent', async () => {
  let asked = 0;
  let told = () => undefined as unknown;
  const words = await loadOf((_, response) => {
    response.end('fine');
    if (++asked === 5) told();
  });
  const out = join(directory, 'out');
  const program = await Program.start('vhive-coord', [...words, '--output-dir', out, '--output', 'json']);
  told = () => program.signal('SIGINT');
  const { outcome, exitCode, load, files } = await program.result();
  expect({ outcome, exitCode }).toEqual({ outcome: 'interrupted', exitCode: 130 });
  expect(load).toMatchObject({ interrupted: true, ok: asked, errors: 0 });
  expect((await readdir(out)).map((name) => join(out, name)).toSorted()).toEqual(files?.toSorted());
  expect((await readFile(join(out, 'calls.csv'), 'utf8')).trimEnd().split('\n').length).toBe(asked + 1);
});

it('a disk that becomes full while the load goes: the figures are shown all the same, and no half of a file is left', async () => {
  const [begun, full, out] = ['begun', 'full', 'out'].map((name) => join(directory, name)) as [string, string, string];
  await mkdir(out);
  const words = await loadOf(async (_, response) => {
    await writeFile(begun, '');
    while (!existsSync(full)) await pause(10);
    response.end('fine');
  });
  // A file system of the test's own, in a mount namespace of its own, which is filled when the load has begun.
  const script = `mount -t tmpfs -o size=3m none "$OUT"
    (until [ -e "$BEGUN" ]; do sleep 0.01; done; head -c 4000000 /dev/zero > "$OUT/ballast"; : > "$FULL") 2>/dev/null &
    "$BIN" "$@"; code=$?; rm "$OUT/ballast"; ls -A "$OUT"; exit $code`;
  const options = ['--time', '1', '--output-dir', out, '--verbose'];
  const { exitCode, stdout, stderr } = await execa(
    'unshare',
    ['--map-root-user', '--mount', 'sh', '-c', script, 'sh', ...words, ...options],
    {
      env: { OUT: out, BEGUN: begun, FULL: full, BIN: join(import.meta.dirname, '../../bin/vhive-coord') },
      reject: false,
    },
  );
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/20 of 20 calls sent in \S+ s: 20 ok/);
  expect(stdout).toMatch(/from the time sent +\d+/);
  expect(stderr).toMatch(/error: the disk is full: .*\nhint: make room there/);
  // `ls` of the folder is the last that was printed.
  expect(stdout.trimEnd().split('\n').at(-1)).not.toMatch(/csv|svg|json|tmp/);
});
