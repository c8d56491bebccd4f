import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stargzMountsScript } from './stargz-mounts.ts';

// The script runs for real, with small programs in place of those of a node.

const URL_ = 'http://registry.example:5000/v2/';
/** No process has this number. */
const GONE = 4_194_304;
const FAILED = 'level=warning msg="failed to restore remote snapshot sha256:1; remove this snapshot manually"\n';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-stargz-mounts-'));
  await mkdir(join(directory, 'bin'));
  const programs = {
    crictl: `case $1 in ps) cat ${directory}/pids;; inspect) echo "{\\"pid\\": $2}";; *) ${say('crictl')};; esac`,
    jq: `tr -dc 0-9`,
    systemctl: say('systemctl'),
    journalctl: `cat ${directory}/journal`,
    // The registry answers the third time.
    curl: `${say('curl')}; [ "$(grep -c curl ${directory}/calls)" -ge 3 ]`,
    sleep: '',
  };
  for (const [name, script] of Object.entries(programs))
    await writeFile(join(directory, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  for (const name of ['pids', 'journal', 'calls']) await writeFile(join(directory, name), '');
  await writeFile(join(directory, 'script'), stargzMountsScript, { mode: 0o755 });
});
afterEach(() => rm(directory, { recursive: true }));

const say = (name: string) => `echo "${name} $*" >> ${directory}/calls`;

/** Runs the script. Returns what it said, and what it did with other programs. */
async function run(...args: string[]): Promise<{ said: string; calls: string[] }> {
  await writeFile(join(directory, 'calls'), '');
  const env = { PATH: `${directory}/bin:${process.env.PATH}`, RUNTIME_DIRECTORY: directory };
  const { stdout } = await promisify(execFile)(join(directory, 'script'), args, { env });
  const calls = (await readFile(join(directory, 'calls'), 'utf8')).split('\n').filter(Boolean);
  return { said: stdout, calls: calls.filter((call) => !call.startsWith('systemctl show')) };
}

const restart = 'systemctl --no-block restart stargz-snapshotter.service';

it('leaves all as it is where every container has its files and every image is mounted', async () => {
  await writeFile(join(directory, 'pids'), `${process.pid}\n`);
  expect(await run(URL_)).toEqual({ said: '', calls: [] });
});

it('stops the containers that have lost their files, and those alone', async () => {
  await writeFile(join(directory, 'pids'), `${process.pid}\n${process.ppid}\n${GONE}\n`);
  await writeFile(join(directory, 'bin/ls'), `#!/bin/sh\n[ $1 != /proc/${process.ppid}/root/ ]\n`, { mode: 0o755 });
  expect(await run(URL_)).toEqual({
    said: `container ${process.ppid} has lost its files and is stopped\n`,
    calls: [`crictl stop ${process.ppid}`],
  });
});

it('has images mounted again once their registry answers, once for each boot', async () => {
  await writeFile(join(directory, 'journal'), FAILED);
  const { said, calls } = await run(URL_);
  expect(said).toContain(`this waits for ${URL_}`);
  expect(calls.map((call) => call.replace(/^curl .* /, 'curl '))).toEqual([
    ...[`curl ${URL_}`, `curl ${URL_}`, `curl ${URL_}`],
    restart,
  ]);
  const again = await run(URL_);
  expect(again.calls, 'what cannot be mounted then may be gone for good').toEqual([]);
  expect(again.said).toContain('systemctl restart stargz-snapshotter');
});

it('says what to do where no registry is known to wait for', async () => {
  await writeFile(join(directory, 'journal'), FAILED);
  expect(await run()).toEqual({ said: expect.stringContaining('systemctl restart stargz-snapshotter'), calls: [] });
});
