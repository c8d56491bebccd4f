import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@vhive/base/is-alive';
import { agentActions } from '@vhive/shared';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSimulatedHost } from '../../simulated/simulated-host.ts';
import { type TestContext, testContext } from '../kit/context.fixture.ts';
import { imageOptimize } from './image-optimize.ts';
import { imagePublish } from './image-publish.ts';
import { imagePull } from './image-pull.ts';

const ref = 'docker.io/library/app:1';
const target = 'ghcr.io/me/app:esgz';
const platform = 'linux/amd64';
const SECRET = `token-with'quotes"$HOME`;
const credentials = { sealed: Buffer.from(`me:${SECRET}`).toString('base64'), from: 'X' };

const pullParams = (given: object = {}) => agentActions['image.pull'].params.parse({ ref, platform, ...given });
const pushParams = (given: object = {}) =>
  agentActions['image.publish'].params.parse({ ref: target, target, platform, ...given });

let directory: string;
let context: TestContext;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-ctr-'));
  await mkdir(join(directory, 'bin'));
  context = await testContext({ searchPath: `${join(directory, 'bin')}:/usr/bin:/bin` });
});
afterEach(async () => {
  await context[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

/**
 * Puts a program there that has the images of a file, line by line, and does what is given to pull, push or optimize. It
 * asks for a password as ctr does: where a user is named, at the terminal, without showing it.
 */
async function ctr(does: string, program = 'ctr'): Promise<void> {
  const script = `#!/bin/bash
images=${directory}/images
printf '%s\\n' "$*" >> ${directory}/calls
case " $* " in *' ls '*) grep -F "\${@: -1}" "$images" 2>/dev/null | sed 's/name==//'; exit 0;; esac
case " $* " in *' --user '*)
  [ -t 2 ] || { echo 'panic: provided file is not a console' >&2; exit 2; }
  printf 'Password: '
  stty -echo < /dev/tty
  IFS= read -r password < /dev/tty
  printf '\\n'
  printf '%s' "$password" > ${directory}/password
  tr '\\0' ' ' < /proc/$$/cmdline > ${directory}/cmdline;;
esac
${does}
`;
  await writeFile(join(directory, 'bin', program), script);
  await chmod(join(directory, 'bin', program), 0o755);
}

const has = (line: string) => `printf '%s\\n' 'name==${line}' >> "$images"`;
const read = (name: string) => readFile(join(directory, name), 'utf8');

test('a pull tells whether anything had to be fetched', async () => {
  await ctr(`: > "$images"; ${has(`${ref} type ${digest('a')}`)}`);
  expect(await imagePull.check(pullParams(), context)).toMatchObject({ converged: false });
  const first = await imagePull.apply(pullParams(), context);
  expect(first).toEqual({ digest: digest('a'), fetched: true });
  expect(await imagePull.check(pullParams(), context, first)).toEqual({ converged: true, outputs: first });
  expect(await imagePull.check(pullParams(), context)).toEqual({
    converged: false,
    changes: [`image ${ref}: is pulled, unless it still is ${digest('a')}`],
  });
  expect(await imagePull.apply(pullParams(), context)).toEqual({ digest: digest('a'), fetched: false });
  expect(await read('calls')).toContain(
    `-n default images pull --hosts-dir /etc/containerd/certs.d --platform linux/amd64 ${ref}\n`,
  );
});

test('an image that is named by its digest is not asked for again', async () => {
  const byDigest = `docker.io/library/app@${digest('a')}`;
  await ctr('exit 1');
  await writeFile(join(directory, 'images'), `name==${byDigest} type ${digest('a')}\n`);
  expect(await imagePull.check(pullParams({ ref: byDigest }), context)).toEqual({
    converged: true,
    outputs: { digest: digest('a'), fetched: false },
  });
});

test('a password is answered at the prompt, as it is, and stands in no argument and no line', async () => {
  await ctr(`echo "application/vnd.oci.image.manifest.v1+json ${digest('b')}"`);
  await writeFile(join(directory, 'images'), `name==${target} type ${digest('b')}\n`);
  expect(await imagePublish.check(pushParams({ credentials }), context)).toMatchObject({ converged: false });
  expect(await imagePublish.apply(pushParams({ credentials }), context)).toEqual({ digest: digest('b') });
  expect(await read('password')).toBe(SECRET);
  expect(await read('cmdline')).toContain('--user me');
  for (const text of [await read('calls'), await read('cmdline'), context.logged.join('\n')])
    expect(text).not.toContain('token-with');
  expect(context.redacted).toContain(SECRET);
});

test('a push that is ended leaves no process and no file', async () => {
  await ctr(`echo $$ > ${directory}/pid; mkfifo ${directory}/never; read -r _ < ${directory}/never`);
  await writeFile(join(directory, 'images'), `name==${target} type ${digest('b')}\n`);
  const temporary = join(directory, 'temporary');
  await mkdir(temporary);
  const stop = new AbortController();
  const real = context.host;
  const host = {
    ...real,
    run: (argv: readonly string[], options = {}) => real.run(argv, { ...options, environment: { TMPDIR: temporary } }),
  };
  const push = imagePublish.apply(pushParams({ credentials }), { ...context, host, signal: stop.signal });
  const pid = Number(await vi.waitUntil(() => read('pid').catch(() => undefined), { timeout: 20_000 }));
  stop.abort(new Error('ended'));
  await expect(push).rejects.toThrow('ended');
  await vi.waitUntil(() => !isAlive(pid), { timeout: 20_000 });
  expect(await readdir(temporary)).toEqual([]);
});

test.each([
  ['credentials are wrong', 'push', 'ctr: unexpected status from POST: 401 Unauthorized', /^ghcr\.io refuses .* wrong/],
  ['nobody is known', 'anonymous', 'ctr: push access denied: authorization failed', /asks who you are$/],
  ['no room', 'push', 'ctr: write /var/lib/x: no space left on device', /no space is left on the disk of containerd$/],
  ['HTTP', 'push', 'http: server gave HTTP response to HTTPS client', /^ghcr\.io speaks HTTP without TLS$/],
  ['anything else', 'push', 'ctr: failed to do request: connection refused', /exit status 1.*connection refused/],
])('a push that fails says why: %s', async (_title, how, message, expected) => {
  await ctr(`echo '${message}' >&2; exit 1`);
  await writeFile(join(directory, 'images'), `name==${target} type ${digest('b')}\n`);
  const params = pushParams(how === 'anonymous' ? {} : { credentials });
  await expect(imagePublish.apply(params, context)).rejects.toMatchObject({
    failure: { message: expect.stringMatching(expected), hint: expect.any(String) },
  });
});

test('an image that its registry does not have is a failure for good', async () => {
  await ctr(`echo 'ctr: failed to resolve image: ${ref}: not found' >&2; exit 1`);
  await expect(imagePull.apply(pullParams(), context)).rejects.toMatchObject({
    failure: { message: `there is no image ${ref} for this platform in its registry`, permanent: true },
  });
});

test('an image is optimized once, and again when it, or what it is made of, is another one', async () => {
  const params = agentActions['image.optimize'].params.parse({ ref, target, platform });
  await ctr('exit 1');
  await ctr(has(`${target} type ${digest('e')}`), 'ctr-remote');
  await expect(imageOptimize.apply(params, context)).rejects.toMatchObject({
    failure: { message: `containerd has no ${ref} in its namespace default` },
  });
  await writeFile(join(directory, 'images'), `name==${ref} type ${digest('a')}\n`);
  expect(await imageOptimize.check(params, context)).toMatchObject({ converged: false });
  expect(await imageOptimize.apply(params, context)).toEqual({ digest: digest('e') });
  expect(await imageOptimize.check(params, context)).toEqual({ converged: true, outputs: { digest: digest('e') } });
  expect(await read('calls')).toContain(`-n default image optimize --oci --platform linux/amd64 ${ref} ${target}\n`);
  for (const lines of [
    [`${ref} type ${digest('c')}`, `${target} type ${digest('e')}`],
    [`${ref} type ${digest('a')}`, `${target} type ${digest('f')}`],
  ]) {
    await writeFile(join(directory, 'images'), lines.map((line) => `name==${line}\n`).join(''));
    expect(await imageOptimize.check(params, context)).toMatchObject({ converged: false });
  }
});

test('a host without ctr-remote says what is missing', async () => {
  await ctr('exit 1');
  await writeFile(join(directory, 'images'), `name==${ref} type ${digest('a')}\n`);
  await expect(
    imageOptimize.apply(agentActions['image.optimize'].params.parse({ ref, target, platform }), context),
  ).rejects.toMatchObject({ failure: { message: expect.stringContaining('no ctr-remote'), permanent: true } });
});

test('a simulated host does the same', async () => {
  const host = await createSimulatedHost({ directory, name: 'node-1', address: '127.0.0.1' });
  const there = { ...context, host };
  const pulled = await imagePull.apply(pullParams({ credentials }), there);
  expect(pulled).toMatchObject({ fetched: true });
  const params = agentActions['image.optimize'].params.parse({ ref, target, platform });
  const made = await imageOptimize.apply(params, there);
  expect(await imageOptimize.check(params, there)).toEqual({ converged: true, outputs: made });
  expect(await imagePublish.apply(pushParams({ credentials }), there)).toEqual(made);
});
