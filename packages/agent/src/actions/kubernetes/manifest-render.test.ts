import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { type TestContext, testContext } from '../kit/context.fixture.ts';
import { manifestRender } from './manifest-render.ts';

const artifact = (sha256: string) => ({ name: 'a chart', sha256: sha256.repeat(64), bytes: 1 });

/** The program is a real script in the test's directory. It prints its input and counts how often it ran. */
async function node(script = 'cat "$1"; echo run >> "$1.runs"') {
  const context = await testContext({ searchPath: '/usr/bin:/bin' });
  const program = (text: string) =>
    context.host.writeFile('/usr/local/bin/render', `#!/bin/sh\n${text}\n`, { mode: '0755' });
  await program(script);
  const params = (input: object = {}) =>
    agentActions['manifest.render'].params.parse({
      // A real program needs real paths, which are those of the test's root.
      argv: [context.host.localPath('/usr/local/bin/render'), context.host.localPath('/etc/vhive/values.yaml')],
      input: { path: '/etc/vhive/values.yaml', content: 'kind: ConfigMap\n' },
      inputs: [artifact('a')],
      path: '/var/lib/vhive/manifest.yaml',
      ...input,
    });
  return { context, params, program, [Symbol.asyncDispose]: () => context[Symbol.asyncDispose]() };
}

const manifest = async ({ host }: TestContext) => (await host.readFile('/var/lib/vhive/manifest.yaml'))?.toString();

test('is made once, and again when input, arguments or artifacts change', async () => {
  await using one = await node();
  const { context, params } = one;
  expect(await manifestRender.check(params(), context)).toMatchObject({ converged: false });
  await manifestRender.apply(params(), context);
  expect(await manifestRender.check(params(), context)).toEqual({ converged: true, outputs: {} });
  expect(await manifest(context)).toBe('kind: ConfigMap\n');
  expect(context.logged.join()).not.toContain('ConfigMap');
  for (const path of ['/etc/vhive/values.yaml', '/var/lib/vhive/manifest.yaml'])
    expect(await context.host.stat(path)).toMatchObject({ mode: '0600' });

  const again = { converged: false, changes: [expect.stringContaining('since what it is made from changed')] };
  expect(await manifestRender.check(params({ inputs: [artifact('b')] }), context)).toEqual(again);
  expect(await manifestRender.check(params({ argv: [...params().argv, '--more'] }), context)).toEqual(again);
  const other = params({ input: { path: '/etc/vhive/values.yaml', content: 'kind: Secret\n' } });
  expect(await manifestRender.check(other, context)).toMatchObject({ converged: false });
  await manifestRender.apply(other, context);
  expect(await manifest(context)).toBe('kind: Secret\n');
});

test('an edited manifest and a manifest that is gone are made again', async () => {
  await using one = await node();
  const { context, params } = one;
  await manifestRender.apply(params(), context);
  await context.host.writeFile('/var/lib/vhive/manifest.yaml', 'kind: Edited\n', { mode: '0600' });
  expect(await manifestRender.check(params(), context)).toEqual({
    converged: false,
    changes: ['/var/lib/vhive/manifest.yaml: is made again, since somebody changed it'],
  });
  await context.host.remove('/var/lib/vhive/manifest.yaml');
  expect(await manifestRender.check(params(), context)).toMatchObject({ converged: false });
});

test('a new version of the program makes it again, by whatever path it is found', async () => {
  await using one = await node();
  const { context, params, program } = one;
  await context.host.writeFile('/opt/istio/bin/istioctl', 'version 1', { mode: '0755' });
  await context.host.symlink('/opt/istio/bin/istioctl', '/usr/local/bin/istioctl');
  const run = async () => ({ exitCode: 0, stdout: 'kind: ConfigMap', stderr: '' });
  const linked = { ...context, host: { ...context.host, run } };
  const named = params({ argv: ['istioctl', 'manifest', 'generate'], input: null });
  await manifestRender.apply(named, linked);
  expect(await manifestRender.check(named, linked)).toMatchObject({ converged: true });
  await context.host.writeFile('/opt/istio/bin/istioctl', 'version 2', { mode: '0755' });
  expect(await manifestRender.check(named, linked)).toMatchObject({ converged: false });

  const local = params({ argv: ['/usr/local/bin/render'] });
  await manifestRender.apply(local, linked);
  await program('echo other');
  expect(await manifestRender.check(local, linked)).toMatchObject({ converged: false });
});

test.each([
  ['echo half a manifest; echo "Error: no such profile" >&2; exit 1', /exit status 1 \(Error: no such profile\)/],
  ['echo; echo "warning: nothing to do" >&2', /printed no manifest/],
])('a failure leaves the old manifest: %s', async (script, expected) => {
  await using one = await node();
  const { context, params, program } = one;
  await manifestRender.apply(params(), context);
  await program(script);
  await expect(manifestRender.apply(params(), context)).rejects.toMatchObject({
    message: expect.stringMatching(expected),
    failure: { lastLines: [expect.stringMatching(/no such profile|nothing to do/)] },
  });
  expect(await manifest(context)).toBe('kind: ConfigMap\n');
});
