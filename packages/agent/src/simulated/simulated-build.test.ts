import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentActions } from '@vhive/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { artifactPublish } from '../actions/artifacts/artifact-publish.ts';
import { goBuild } from '../actions/go/go-build.ts';
import { testContext } from '../actions/kit/context.fixture.ts';
import { microvmBoot } from '../actions/microvm/microvm-boot.ts';
import { createSimulatedHost } from './simulated-host.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-simulated-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('a simulated host builds, publishes and boots by the same actions', async () => {
  const host = await createSimulatedHost({ directory, name: 'n1', address: '127.0.0.1' });
  const store = new Set<string>();
  await using context = await testContext({
    host: () => host,
    has: async (sha256) => store.has(sha256),
    upload: async ({ sha256 }, path) => {
      const sent = await readFile(host.localPath(path));
      expect(createHash('sha256').update(sent).digest('hex')).toBe(sha256);
      store.add(sha256);
    },
  });
  await host.writeFile('/opt/vhive/go.mod', 'module example.org/vhive\n', { mode: '0644' });
  const build = agentActions['go.build'].params.parse({
    ...{ go: '/usr/local/go', directory: '/opt/vhive', output: '/usr/local/bin/vhive', modules: null, inputs: [] },
    overlay: { 'extra.go': 'package main\n' },
  });
  expect(await goBuild.check(build, context)).toMatchObject({ converged: false });
  await goBuild.apply(build, context);
  expect(await goBuild.check(build, context)).toEqual({ converged: true, outputs: {} });

  const publish = agentActions['artifact.publish'].params.parse({ path: '/usr/local/bin/vhive', name: 'vhive main' });
  const outputs = await artifactPublish.apply(publish, context);
  expect(await artifactPublish.check(publish, context)).toEqual({ converged: true, outputs });

  const boot = agentActions['microvm.boot'].params.parse({
    ...{ image: 'docker.io/library/hello-world:latest', archive: null, socket: '/run/firecracker-containerd/x.sock' },
    inputs: ['/usr/local/bin/vhive'],
  });
  await microvmBoot.apply(boot, context);
  expect(await microvmBoot.check(boot, context)).toEqual({ converged: true, outputs: {} });
});
